using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Comparison;

public sealed class RunFolderTests : ComparisonFixture
{
    public static TheoryData<string, string, string> Differences => new()
    {
        { "shots", "--shots is '0,4' there and '0,8' here", "" },
        { "seeds", "--seeds is '3' there and '2' here", "" },
        { "data", "the data is 'data-hash' there and 'other' here", "" },
        { "test", "--test is 'all' there and '4' here", "" },
        { "options", "the options of learner is 'learner {\"turn\":1}' there and 'learner {\"turn\":2}' here", "" },
        { "methods", "--methods is 'zero-shot,learner' there and 'zero-shot' here", "" },
        { "overflow", "--on-overflow is 'error' there and 'drop-shots' here", "" },
        { "template", "the template is", "" },
    };

    private static ComparisonRequest Changed(ComparisonRequest request, string what) => what switch
    {
        "shots" => request with { Shots = [new ShotSpec(0, null), new ShotSpec(8, null)] },
        "seeds" => request with { Seeds = 2 },
        "data" => request with { Data = request.Data with { Hash = "other" } },
        "test" => request with { TestRows = 4 },
        "options" => request with { Methods = [request.Methods[0], request.Methods[1] with { Options = new FakeOptions { Turn = 2 } }] },
        "methods" => request with { Methods = [request.Methods[0]] },
        "overflow" => request with { Overflow = OverflowPolicy.DropShots },
        "template" => request with { Data = request.Data with { Task = request.Data.Task with { Template = new PromptTemplate { InputTemplate = "{text} =" } } } },
        _ => throw new ArgumentException(what),
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Run_AnotherRequestIntoTheFolder_IsRefusedAndNamesWhatDiffers(string what, string expected, string none)
    {
        Assert.Empty(none);
        var request = Request("taken", ZeroShot(), Learner());
        Run(request);
        var results = File.ReadAllText(Path.Combine(request.Folder!, "results.jsonl"));
        var error = Assert.Throws<AttuneException>(() => Run(Changed(request, what)));
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(results, File.ReadAllText(Path.Combine(request.Folder!, "results.jsonl")));
    }

    [Theory]
    [InlineData("shots")]
    [InlineData("data")]
    [InlineData("options")]
    [InlineData("template")]
    public void Identity_AnyPartDiffers_HashDiffers(string what)
    {
        var request = Request("identity", ZeroShot(), Learner());
        Assert.NotEqual(RunIdentity.Of(request, null, null).Hash, RunIdentity.Of(Changed(request, what), null, null).Hash);
    }

    [Fact]
    public void Identity_SameRequest_IsTheSameWhateverOnlyChangesTheSummary()
    {
        var hash = RunIdentity.Of(Request("one", ZeroShot(), Learner()), null, null).Hash;
        var other = Request("two", ZeroShot(), Learner()) with { Objective = Objective.Nll, Baseline = "learner", Budget = TimeSpan.FromMinutes(1), NoExamples = true, LimitMemory = 1 << 30, DataPath = "moved.csv" };
        Assert.Equal(hash, RunIdentity.Of(other, null, null).Hash);
        Assert.Matches("^[0-9a-f]{64}$", hash);
    }

    [Fact]
    public void Run_SecondRunInTheFolder_IsRefusedWhileTheFirstRuns()
    {
        var request = Request("busy", ZeroShot(), Learner());
        var errors = new List<AttuneException>();
        Run(request, new Recorder { OnStarted = _ => errors.Add(Assert.Throws<AttuneException>(() => Run(request))) });
        Assert.Equal(9, errors.Count);
        Assert.All(errors, e => Assert.StartsWith("another comparison is running in", e.Message, StringComparison.Ordinal));
        Assert.All(errors, e => Assert.Equal(AttuneErrorKind.Request, e.Kind));
        Run(request);
    }

    [Fact]
    public void Run_FolderWithOtherFiles_IsRefusedAndLeftAsItIs()
    {
        var request = Request("mine", ZeroShot());
        Directory.CreateDirectory(request.Folder!);
        File.WriteAllText(Path.Combine(request.Folder!, "thesis.tex"), "x");
        Assert.Contains("holds files but no comparison", Assert.Throws<AttuneException>(() => Run(request)).Message, StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFileSystemEntries(request.Folder!));
    }

    [Fact]
    public void Run_InAFolderNamedRuns_LastLeadsToTheNewestRun()
    {
        var (a, b) = (Request("runs/a", ZeroShot()), Request("runs/b", ZeroShot(), Learner()));
        Run(a);
        Run(b);
        Assert.Equal("b", new DirectoryInfo(In("runs/last")).LinkTarget ?? File.ReadAllText(In("runs/last")).Trim());
        Assert.Equal(2, ComparisonRunner.Read(In("runs/last")).Summary.Rows.Select(r => r.Method).Distinct().Count());
        Run(a);
        Assert.Single(ComparisonRunner.Read(In("runs/last")).Summary.Rows);
        Assert.True(File.Exists(In("runs/b/summary.json")));
    }

    [Fact]
    public void Resolve_TextPointer_LeadsToTheRun()
    {
        Run(Request("home/a", ZeroShot()));
        File.WriteAllText(In("home/last"), "a\n");
        Assert.Single(ComparisonRunner.Read(In("home/last")).Summary.Rows);
        Assert.Contains("there is no run", Assert.Throws<AttuneException>(() => ComparisonRunner.Read(In("home/none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RowsOfSeveralSeeds_BestIsFittedOnAllOfThem()
    {
        var fitted = new List<int>();
        var request = Request("best", ZeroShot(), new FakeMethod("learner") { LeastRows = 2, First = Right(_ => 0.9), OnFit = c => fitted.Add(c.Examples.Count) });
        Run(request);
        var union = Enumerable.Range(0, 3).SelectMany(s => Splitter.Draw(request.Data, s, new SplitOptions(new ShotSpec(4, null))).Labelled).Select(e => e.Id).Distinct().Count();
        Assert.Equal([8, 8, 8, union], fitted);
        var best = File.ReadAllText(Path.Combine(request.Folder!, "best", "adaptation.json"));
        Assert.Contains($"refitted on {union} labelled rows", best, StringComparison.Ordinal);
        Run(request);
        Assert.Equal(4, fitted.Count);
    }

    [Fact]
    public void Run_CancelledWhileBestIsFitted_KeepsTheResultsAndSaysSo()
    {
        using var stop = new CancellationTokenSource();
        var request = Request("late", ZeroShot(), new FakeMethod("learner") { LeastRows = 2, First = Right(_ => 0.9), OnFit = c => { if (c.Examples.Count > 8) stop.Cancel(); } });
        var summary = Run(request, cancel: stop.Token).Summary;
        Assert.Equal(2, summary.Rows.Count);
        Assert.Contains(summary.Warnings, w => w.Contains("best/ was not made", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(request.Folder!, "best")));
    }
}
