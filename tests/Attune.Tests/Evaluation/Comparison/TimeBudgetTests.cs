using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Comparison;

public sealed class TimeBudgetTests : ComparisonFixture
{
    /// <summary>
    /// A cell of "cheap" takes 1 s, of "costly" 40 s. Of 100 s: seed 0 takes 41, seed 1 another 41, seed 2 has time for "cheap" alone.
    /// "costly" wins and would need 40 s or more for best/, which 17 s do not hold.
    /// </summary>
    [Fact]
    public void Run_BudgetTooShortForAll_LastSeedOfTheCostlyMethodIsLeftOutAndNamed()
    {
        var time = new ManualTime();
        var request = Costly("budget", time) with { Budget = TimeSpan.FromSeconds(100) };
        var observer = new Recorder();
        var results = Run(request, observer, time: time);
        Assert.Equal(["cheap/4/0", "costly/4/0", "cheap/4/1", "costly/4/1", "cheap/4/2"], observer.Started);
        Assert.Equal(["costly/4/2"], results.Summary.LeftOut.Select(c => c.Key));
        Assert.Contains("costly at 4 shots was not computed for seed 2: the budget of 100 s leaves no time for it", results.Summary.Warnings);
        Assert.Contains("costly at 4 shots have fewer than 3 seeds, are compared over those they have, and cannot win", results.Summary.Warnings);
        Assert.Equal("cheap", results.Summary.Winner);
        Assert.Equal(2, results.Summary.Rows.Single(r => r.Method == "costly").Seeds);

        // Without the budget only what is missing is computed.
        var again = new Recorder();
        Assert.Equal("costly", Run(request with { Budget = null }, again, time: time).Summary.Winner);
        Assert.Equal(["costly/4/2"], again.Started);
    }

    [Fact]
    public void Run_BudgetShorterThanACostlyMethod_LargerBudgetsOfItAreNotBegun()
    {
        var time = new ManualTime();
        var request = Costly("larger", time) with { Budget = TimeSpan.FromSeconds(60), Shots = [new ShotSpec(2, null), new ShotSpec(4, null)], Seeds = 1 };
        var observer = new Recorder();
        Run(request, observer, time: time);
        Assert.Equal(["cheap/2/0", "costly/2/0", "cheap/4/0"], observer.Started);
    }

    [Fact]
    public void Run_BudgetEndsInsideACell_StopsIt()
    {
        var request = Request("stopped", ZeroShot(), new FakeMethod("endless") { LeastRows = 1, OnFit = c => c.Cancellation.WaitHandle.WaitOne() }) with { Budget = TimeSpan.FromSeconds(0.3) };
        var results = Run(request, time: TimeProvider.System);
        Assert.Equal("zero-shot", results.Summary.Winner);
        Assert.Equal(3, results.Summary.LeftOut.Count(c => c.Method == "endless" && c.Status == CellStatus.NotRun));
        Assert.DoesNotContain(Lines(request), l => l.Contains("endless", StringComparison.Ordinal) && l.Contains("\"4\"", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_NoTimeToRefit_BestIsTheFitOfTheFirstSeed()
    {
        var time = new ManualTime();
        var request = Costly("refit", time) with { Budget = TimeSpan.FromSeconds(130) };
        var summary = Run(request, time: time).Summary;
        Assert.Equal("costly", summary.Winner);
        Assert.Contains(summary.Warnings, w => w.StartsWith("best/ holds the winner as it was fitted for seed 0", StringComparison.Ordinal));
        Assert.Equal(
            File.ReadAllText(Path.Combine(request.Folder!, "adaptations", "costly-4-0", "adaptation.json")),
            File.ReadAllText(Path.Combine(request.Folder!, "best", "adaptation.json")));
    }

    private ComparisonRequest Costly(string folder, ManualTime time) => Request(folder,
        new FakeMethod("cheap") { First = Right(i => i % 3 == 0 ? 0.3 : 0.6), OnFit = _ => time.Advance(1) },
        new FakeMethod("costly") { First = Right(_ => 0.9), OnFit = _ => time.Advance(40) }) with
    { Shots = [new ShotSpec(4, null)] };
}
