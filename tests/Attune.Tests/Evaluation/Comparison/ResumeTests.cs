using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Comparison;

public sealed class ResumeTests : ComparisonFixture
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(9)]
    public void Run_CancelledAfterSomeCells_ResumesToTheSameSummary(int cells)
    {
        var whole = Request("whole", ZeroShot(), Learner("x"), Learner("y"));
        var broken = Request("broken", ZeroShot(), Learner("x"), Learner("y"));
        Run(whole, time: TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var first = new Recorder { OnStarted = _ => StopAt(0), OnEnded = StopAt };
        Assert.ThrowsAny<OperationCanceledException>(() => Run(broken, first, stop.Token));
        Assert.Equal(cells, first.Ended.Count);
        Assert.False(File.Exists(Path.Combine(broken.Folder!, "summary.json")));

        var second = new Recorder();
        Run(broken, second);
        Assert.Equal(cells, second.AlreadyDone);
        Assert.Empty(first.Ended.Select(c => c.Key).Intersect(second.Started));
        Assert.Equal(15, first.Ended.Count + second.Ended.Count);
        Assert.Equal(WithoutCheapest(whole), WithoutCheapest(broken));

        void StopAt(int ended)
        {
            if (ended == cells)
                stop.Cancel();
        }
    }

    [Fact]
    public void Run_GivenAgain_ComputesNothing()
    {
        var request = Request("again", ZeroShot(), Learner());
        Run(request);
        var (lines, summary) = (Lines(request), Comparable(request));
        var observer = new Recorder();
        Run(request, observer);
        Assert.Empty(observer.Started);
        Assert.Equal(9, observer.AlreadyDone);
        Assert.Equal(lines, Lines(request));
        Assert.Equal(summary, Comparable(request));
    }

    [Theory]
    [InlineData("{\"method\":\"zero-sh")]
    [InlineData("\0\0\0\0\n")]
    [InlineData("{\"method\":\"zero-shot\"}\n")]
    public void Run_TornLastLine_IsCutOffAndItsCellComputedAgain(string torn)
    {
        var (whole, broken) = (Request("whole", ZeroShot(), Learner()), Request("broken", ZeroShot(), Learner()));
        Run(whole);
        Run(broken);
        var kept = Lines(broken)[..^1];
        File.WriteAllText(Path.Combine(broken.Folder!, "results.jsonl"), string.Join('\n', kept) + "\n" + torn);
        // What a kill leaves of the last cell: half-written files.
        File.WriteAllText(Path.Combine(broken.Folder!, "predictions", "learner-4-2.jsonl"), "{");
        Directory.CreateDirectory(Path.Combine(broken.Folder!, "adaptations", "learner-4-2.partial"));
        var observer = new Recorder();
        Run(broken, observer);
        Assert.Equal(["learner/4/2"], observer.Started);
        Assert.Equal(kept, Lines(broken)[..^1]);
        Assert.Equal(Comparable(whole), Comparable(broken));
    }

    [Fact]
    public void Run_DamagedLineAmidOthers_IsAnErrorThatNamesIt()
    {
        var request = Request("damaged", ZeroShot(), Learner());
        Run(request);
        var lines = Lines(request);
        lines[2] = "{]";
        File.WriteAllLines(Path.Combine(request.Folder!, "results.jsonl"), lines);
        Assert.Contains("line 3 of", Assert.Throws<AttuneException>(() => Run(request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FailedCell_IsTriedAgainAndNothingElse()
    {
        var broken = true;
        var request = Request("failed", ZeroShot(), new FakeMethod("moody") { OnFit = _ => { if (broken) throw new AttuneException("not now"); } });
        Run(request);
        broken = false;
        var observer = new Recorder();
        var results = Run(request, observer);
        Assert.Equal(6, observer.Started.Count);
        Assert.All(observer.Started, s => Assert.StartsWith("moody/", s, StringComparison.Ordinal));
        Assert.Empty(results.Summary.LeftOut);
        Assert.Equal(9, Lines(request).Length);
    }

    [Fact]
    public void Run_CellsOfAnotherProcessor_StayAndAreMarked()
    {
        var request = Request("mixed", ZeroShot(), Learner());
        Run(request);
        var path = Path.Combine(request.Folder!, "results.jsonl");
        var lines = Lines(request);
        var foreign = JsonNode.Parse(lines[0])!.AsObject();
        Assert.Equal("zero-shot", (string?)foreign["method"]);
        foreign["processor"] = "Another 1000";
        foreign["kernels"] = "scalar";
        foreign["a_field_of_tomorrow"] = new JsonArray(1, 2);
        lines[0] = foreign.ToJsonString();
        File.WriteAllLines(path, lines);
        var observer = new Recorder();
        var summary = Run(request, observer).Summary;
        Assert.Empty(observer.Started);
        Assert.True(summary.Rows.Single(r => r.Method == "zero-shot").Mixed);
        Assert.Contains("scalar", summary.Rows.Single(r => r.Method == "zero-shot").Kernels, StringComparison.Ordinal);
        Assert.False(summary.Rows.Single(r => r.Method == "learner").Mixed);
        Assert.Contains(summary.Warnings, w => w.Contains("Another 1000", StringComparison.Ordinal) && w.Contains("zero-shot/0/0", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_FinishedAndInterruptedRun_GiveTheSummaryOfWhatIsThere()
    {
        var request = Request("read", ZeroShot(), Learner());
        var ran = Run(request);
        var read = ComparisonRunner.Read(request.Folder!);
        Assert.Equal(SummaryJson.Write(ran.Summary), SummaryJson.Write(read.Summary));
        Assert.Equal(ran.Task.Labels, read.Task.Labels);
        Assert.Equal("toy", read.DataReport!.Name);
        Assert.Equal(ran.Predictions["learner/4/1"][3].Probabilities, read.Predictions["learner/4/1"][3].Probabilities);

        File.WriteAllLines(Path.Combine(request.Folder!, "results.jsonl"), Lines(request)[..4]);
        var partial = ComparisonRunner.Read(request.Folder!);
        Assert.Equal(4, partial.Cells.Count);
        Assert.Equal(5, partial.Summary.LeftOut.Count(c => c.Status == CellStatus.NotRun));
        Assert.Contains(partial.Summary.Warnings, w => w.Contains("was not reached yet", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_OtherObjectiveOrNoExamples_ReusesTheCells()
    {
        var request = Request("objective", ZeroShot(), Learner());
        Run(request);
        Assert.Equal("test text 1", ComparisonRunner.Read(request.Folder!).Predictions["learner/4/0"][0].Text);
        var observer = new Recorder();
        var results = Run(request with { Objective = Objective.Nll, Baseline = "learner", NoExamples = true }, observer);
        Assert.Empty(observer.Started);
        Assert.Equal(("nll", "learner"), (results.Summary.Objective, results.Summary.Baseline));
        Assert.All(results.Predictions.Values.SelectMany(p => p), p => Assert.Null(p.Text));
        Assert.DoesNotContain("test text", File.ReadAllText(Path.Combine(request.Folder!, "predictions", "learner-4-0.jsonl")), StringComparison.Ordinal);
    }

    /// <summary>Where operations are equal, times decide which is the cheapest.</summary>
    private static string WithoutCheapest(ComparisonRequest request)
    {
        var json = JsonNode.Parse(Comparable(request))!;
        foreach (var row in json["rows"]!.AsArray())
            row!.AsObject().Remove("cheapest");
        return json.ToJsonString();
    }
}
