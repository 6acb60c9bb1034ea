using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public class ReproductionRunnerTests
{
    private static readonly RunRequest Nowhere = new() { ModelFolders = [], DataFolders = [] };

    [Theory]
    [InlineData(RunScale.Smoke, true, Verdict.Ran)]
    [InlineData(RunScale.Smoke, false, Verdict.Ran)]
    [InlineData(RunScale.Small, true, Verdict.Held)]
    [InlineData(RunScale.Small, false, Verdict.NotHeld)]
    [InlineData(RunScale.Full, true, Verdict.Held)]
    public void Claim_DecidedAtScale_HasVerdict(RunScale scale, bool held, Verdict expected)
    {
        var toy = new ToyReproduction(c => c.Decide("one", held, "because", new Measured("value", [1])), "one");
        var result = Run(toy, Nowhere with { Scale = scale });
        Assert.Equal(expected, Assert.Single(result.Findings).Verdict);
    }

    [Theory]
    [InlineData(2, false, Verdict.NotTestable)]
    [InlineData(2, true, Verdict.Held)]
    [InlineData(3, false, Verdict.Held)]
    public void Claim_WithFewSeeds_HoldsOnlyWhereNoChanceIsInIt(int seeds, bool computed, Verdict expected)
    {
        var toy = new ToyReproduction(c => c.Decide("one", true, "because"), [new Claim("one", "", "") { IsComputed = computed }]);
        Assert.Equal(expected, Assert.Single(Run(toy, Nowhere with { Seeds = seeds }).Findings).Verdict);
    }

    private sealed record Plan(int Width, double[] Rates);

    [Fact]
    public void Settings_OfAPlan_HaveEachProperty()
    {
        var result = Run(new ToyReproduction(c => c.Settings("small", new Plan(8, [0.5, 0.25]))), Nowhere);
        Assert.Equal([("small.Rates", "0.5, 0.25"), ("small.Width", "8")], result.Settings);
    }

    [Fact]
    public void Claims_AfterAMissingModel_AreNotTestable()
    {
        var toy = new ToyReproduction(
            c =>
            {
                c.Decide("free", true, "needs nothing");
                c.Model("no-such-model");
                c.Decide("bound", true, "not reached");
            },
            "free", "bound");
        var result = Run(toy, Nowhere);
        Assert.Equal([Verdict.Held, Verdict.NotTestable], result.Findings.Select(f => f.Verdict));
        Assert.Contains("no-such-model", result.Findings[1].Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_UnderAGivenFolder_IsItsPath()
    {
        var folder = Directory.CreateTempSubdirectory("attune").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "set"));
        string? found = null;
        Run(new ToyReproduction(c => found = c.Data("set")), Nowhere with { DataFolders = [folder] });
        Assert.Equal(Path.Combine(folder, "set"), found);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_ThatLeavesAClaimOpen_IsAFault()
    {
        var toy = new ToyReproduction(_ => { }, "open");
        var error = Assert.Throws<InvalidOperationException>(() => Run(toy, Nowhere));
        Assert.Contains("'open'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ThatDecidesTwiceOrAnUnknownClaim_IsAFault()
    {
        Assert.Throws<InvalidOperationException>(() => Run(new ToyReproduction(c => { c.Decide("a", true, ""); c.Decide("a", true, ""); }, "a"), Nowhere));
        Assert.Throws<InvalidOperationException>(() => Run(new ToyReproduction(c => c.Decide("b", true, ""), "a"), Nowhere));
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1, false)]
    [InlineData(1.5, true)]
    [InlineData(double.NaN, true)]
    public void Check_AboveItsBound_FailsTheRun(double error, bool failed) =>
        Assert.Equal(failed, Run(new ToyReproduction(c => c.Check("identity", error, 1)), Nowhere).Failed);

    [Theory]
    [InlineData(RunScale.Smoke, null, 1)]
    [InlineData(RunScale.Small, null, 3)]
    [InlineData(RunScale.Smoke, 2, 2)]
    [InlineData(RunScale.Full, 5, 5)]
    public void Seeds_ByScaleAndRequest_AreCounted(RunScale scale, int? asked, int expected) =>
        Assert.Equal(expected, Run(new ToyReproduction(_ => { }), Nowhere with { Scale = scale, Seeds = asked }).Seeds);

    [Fact]
    public void Seeds_None_AreRefused() =>
        Assert.Throws<AttuneException>(() => Run(new ToyReproduction(_ => { }), Nowhere with { Seeds = 0 }));

    [Fact]
    public void Random_OfASeed_DependsOnFirstSeedAndPurposeAlone()
    {
        ulong Draw(int first, int seed, string purpose)
        {
            var drawn = 0UL;
            Run(new ToyReproduction(c => drawn = c.Random(seed, purpose).NextUInt64()), Nowhere with { FirstSeed = first });
            return drawn;
        }
        Assert.Equal(Draw(2, 1, "tasks"), Draw(0, 3, "tasks"));
        Assert.NotEqual(Draw(0, 0, "tasks"), Draw(0, 1, "tasks"));
        Assert.NotEqual(Draw(0, 0, "tasks"), Draw(0, 0, "weights"));
    }

    [Fact]
    public void Progress_AfterCancellation_EndsTheRun()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => ReproductionRunner.Run(new ToyReproduction(c => c.Progress(0.5, "")), Nowhere, source.Token));
    }

    private static ReproductionResult Run(IReproduction reproduction, RunRequest request) => ReproductionRunner.Run(reproduction, request, CancellationToken.None);
}
