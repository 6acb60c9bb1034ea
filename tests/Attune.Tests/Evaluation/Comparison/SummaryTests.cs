using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tensors;
using Attune.Tests.Data;

namespace Attune.Tests.Evaluation.Comparison;

public sealed class SummaryTests : ComparisonFixture
{
    /// <summary>Four rows a, b, a, b. "good" gives the right label 0.9; "zero-shot" 0.6 on the first two and 0.4 on the others.</summary>
    private ComparisonRequest FourRows(string folder, Objective objective = Objective.Accuracy) => Request(folder,
        new FakeMethod("zero-shot") { UsesRows = false, First = Right(i => i <= 2 ? 0.6 : 0.4) },
        new FakeMethod("good") { First = Right(_ => 0.9) }) with
    { Data = Data(test: 4), Objective = objective };

    [Fact]
    public void Cell_FourRows_MetricsAreAsByHand()
    {
        var cells = Run(FourRows("hand")).Cells;
        Check("zero-shot/0/0", accuracy: 0.5, f1: 0.5, nll: 0.713558177820073, ece: 0.1, brier: 0.52);
        Check("good/4/2", accuracy: 1, f1: 1, nll: 0.105360515657826, ece: 0.1, brier: 0.02);

        void Check(string key, double accuracy, double f1, double nll, double ece, double brier)
        {
            var metrics = cells.Single(c => c.Key == key).Metrics;
            Assert.Equal(accuracy, metrics["accuracy"], 12);
            Assert.Equal(f1, metrics["macro-f1"], 12);
            Assert.Equal(nll, metrics["nll"], 12);
            Assert.Equal(ece, metrics["ece"], 12);
            Assert.Equal(brier, metrics["brier"], 12);
        }
    }

    [Theory]
    [InlineData(Objective.Accuracy, "accuracy", 1, 0.5, 0.5)]
    [InlineData(Objective.MacroF1, "macro-f1", 1, 0.5, 0.5)]
    [InlineData(Objective.Nll, "nll", 0.105360515657826, 0.713558177820073, -0.608197662162247)]
    public void Table_EachObjective_BestFirstWithPairedDifference(Objective objective, string metric, double good, double zero, double difference)
    {
        var summary = Run(FourRows("table", objective)).Summary;
        Assert.Equal(["good/0", "good/4", "zero-shot/0"], summary.Rows.Select(r => $"{r.Method}/{r.Shots}"));
        var (first, last) = (summary.Rows[1], summary.Rows[2]);
        Assert.Equal(metric, first.Metric);
        Assert.Equal(good, first.Mean, 12);
        Assert.Equal(good, first.Low, 12);
        Assert.Equal(good, first.High, 12);
        Assert.Equal(difference, first.Difference!.Value, 12);
        Assert.Equal(zero, last.Mean, 12);
        Assert.True(last.Low < last.Mean && last.Mean < last.High);
        Assert.Null(last.Difference);
        Assert.Null(last.P);
        Assert.Equal(("zero-shot", 3, 4), (summary.Baseline, last.Seeds, last.Rows));
        Assert.Equal("good", summary.Winner);
        Assert.Equal(good, summary.WinnerFull, 12);
        Assert.Equal(good, summary.WinnerHeldOut, 12);
    }

    [Fact]
    public void Table_ClearDifference_OnlyEqualsOfTheWinnerAreMarked()
    {
        var request = Request("marked", ZeroShot(), Learner("x"), Learner("y"), new FakeMethod("poor") { First = Right(_ => 0.1) }) with { Data = Data(test: 60), Shots = [new ShotSpec(4, null)] };
        var rows = Run(request).Summary.Rows.ToDictionary(r => r.Method);
        Assert.True(rows["x"].Winner && rows["x"].Best && rows["y"].Best);
        Assert.False(rows["y"].Winner || rows["poor"].Best);
        Assert.Single(rows.Values, r => r.Cheapest);
        Assert.True(rows["poor"].P < 0.01 && rows["poor"].DifferenceHigh < 0);
        Assert.Equal(-2.0 / 3, rows["poor"].Difference!.Value, 12);
    }

    [Fact]
    public void Winner_GoodOnOneHalfOnly_IsChosenThereAndReportedOnTheOther()
    {
        var data = Data(test: 40);
        var halves = new TestHalves(data.Test!.Select(e => e.Id));
        var chooses = data.Test!.ToDictionary(e => e.Row, e => halves.Chooses(e.Id));
        Assert.Equal(20, chooses.Values.Count(c => c));
        var request = Request("halves",
            new FakeMethod("chosen") { First = Right(i => chooses[i] ? 0.9 : 0.1) },
            new FakeMethod("other") { First = Right(i => chooses[i] ? i < 5 ? 0.9 : 0.1 : 0.9) }) with
        { Data = data, Shots = [new ShotSpec(4, null)] };
        var summary = Run(request).Summary;
        Assert.Equal(("chosen", 0.0, 0.5), (summary.Winner, summary.WinnerHeldOut, summary.WinnerFull));
        Assert.Equal("other", summary.Rows[0].Method);
        Assert.Equal("", summary.Baseline);
        Assert.Contains(summary.Warnings, w => w.StartsWith("the baseline has no results", StringComparison.Ordinal));
    }

    [Fact]
    public void SummaryJson_Run_HasTheNamesThatScriptsRelyOn()
    {
        var request = FourRows("json");
        Run(request);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(request.Folder!, "summary.json")))!.AsObject();
        foreach (var name in new[] { "task", "model", "precision", "rows", "left_out" })
            Assert.True(json.ContainsKey(name), name);
        string[] names =
        [
            "method", "shots", "metric", "mean", "low", "high", "difference", "difference_low", "difference_high", "ece", "fit_seconds", "query_ms", "prompt_tokens",
            "trained_parameters", "bytes", "peak_memory_bytes", "fit_calls", "fit_tokens", "fit_flops", "kernels", "rows", "seeds",
        ];
        foreach (var name in names)
            Assert.True(json["rows"]![0]!.AsObject().ContainsKey(name), name);
        Assert.Equal("exact", (string?)json["precision"]);
        var cell = JsonNode.Parse(Lines(request)[0])!;
        Assert.Equal(("zero-shot", "0", 0, "done"), ((string?)cell["method"], (string?)cell["shots"], (int)cell["seed"]!, (string?)cell["status"]));
        Assert.Equal(0.5, (double)cell["metrics"]!["accuracy"]!);
        Assert.True(File.Exists(Path.Combine(request.Folder!, (string)cell["predictions"]!)));
        Assert.True(Directory.Exists(Path.Combine(request.Folder!, (string)cell["adaptation"]!)));
    }

    [Fact]
    public void Table_OneSeed_WarnsThatSeedVarianceIsNotCovered()
    {
        var summary = Run(FourRows("one") with { Seeds = 1 }).Summary;
        Assert.Contains(summary.Warnings, w => w.Contains("do not cover the variance over seeds", StringComparison.Ordinal));
        Assert.DoesNotContain(Run(FourRows("three")).Summary.Warnings, w => w.Contains("variance", StringComparison.Ordinal));
    }

    [Fact]
    public void Cell_DroppedRow_IsWrongAndCounted()
    {
        RowPrediction[] rows =
        [
            new("test:1", "a", "a", [0.9, 0.1], null, 5, "", null, null),
            new("test:2", "b", null, [0, 0], null, 0, "dropped", null, null),
        ];
        var metrics = CellMetrics.Of(rows, Sets.Task("a", "b"));
        Assert.Equal(0.5, metrics["accuracy"]);
        // −ln 0.9 and −ln 1e-12, halved.
        Assert.Equal((0.105360515657826 + 27.631021115928547) / 2, metrics["nll"], 12);
        Assert.Equal((0.02 + 1) / 2, metrics["brier"], 12);
        Assert.Equal(0.1, metrics["ece"], 12);
        // F1 of a is 1, of b is 0.
        Assert.Equal(0.5, metrics["macro-f1"], 12);
    }

    [Fact]
    public void Run_MultipleChoice_ChoicesStandInThePredictions()
    {
        var task = Sets.Task() with { Kind = TaskKind.MultipleChoice, Template = new PromptTemplate { InputTemplate = "{text}" } };
        Example Row(string id, int right) => new(id, new Input(Input.FromText("q " + id).Fields, ["x" + id, "y" + id, "z" + id]), "xyz"[right] + id, null, 1);
        var data = Sets.Of(task, [Row("train:1", 0), Row("train:2", 1)], [Row("test:1", 0), Row("test:2", 1), Row("test:3", 2), Row("test:4", 0)]);
        var request = Request("choices", new FakeMethod("first") { All = _ => [0.5, 0.3, 0.2] }) with { Data = data, Shots = [new ShotSpec(1, null)] };
        var results = Run(request);
        Assert.Equal(0.5, results.Summary.Rows.Single().Mean);
        var rows = results.Predictions["first/1/0"];
        Assert.Equal(["xtest:2", "ytest:2", "ztest:2"], rows[1].Labels!);
        Assert.Equal(("ytest:2", "xtest:2"), (rows[1].Gold, rows[1].Label));
    }

    [Fact]
    public void Run_MethodThatNeedsWhatIsNotThere_IsNotApplicable()
    {
        var request = Request("needs", ZeroShot(), Learner(), new FakeMethod("text") { View = ModelView.Text }, new FakeMethod("encoder") { View = ModelView.Encoder });
        var results = Run(request);
        string[] Why(string key) => [.. results.Cells.Where(c => c.Key == key).Select(c => $"{c.Status}: {c.Message}")];
        Assert.Equal(["NotApplicable: learner needs at least 2 labelled rows and has 0"], Why("learner/0/0"));
        Assert.Equal(["NotApplicable: text needs a language model; give one with --model PATH"], Why("text/4/1"));
        Assert.Equal(["NotApplicable: encoder needs a sentence encoder; give one with --encoder PATH"], Why("encoder/4/1"));
        Assert.Equal(["zero-shot/0", "learner/4"], results.Summary.Rows.Select(r => $"{r.Method}/{r.Shots}"));
        Assert.Equal(3 + 6 + 6, results.Summary.LeftOut.Count);
    }

    [Fact]
    public void Run_MethodFails_OthersGoOnAndItSaysWhy()
    {
        var request = Request("fails", ZeroShot(), new FakeMethod("broken") { OnFit = _ => throw new InvalidOperationException("no luck") }, new FakeMethod("nan") { First = _ => double.NaN });
        var results = Run(request);
        Assert.Equal(["zero-shot"], results.Summary.Rows.Select(r => r.Method));
        Assert.Equal("InvalidOperationException: no luck", results.Cells.First(c => c.Method == "broken").Message);
        Assert.Contains("not between 0 and 1", results.Cells.First(c => c.Method == "nan").Message, StringComparison.Ordinal);
        Assert.Contains(results.Summary.Warnings, w => w == "broken at 4 shots failed for seeds 0, 1, 2: InvalidOperationException: no luck");
    }

    [Fact]
    public void Run_NothingWorks_IsAnErrorWithTheReason()
    {
        var failing = Request("nothing", new FakeMethod("broken") { OnFit = _ => throw new InvalidOperationException("no luck") });
        Assert.Equal(AttuneErrorKind.Work, Assert.Throws<AttuneException>(() => Run(failing)).Kind);
        var lacking = Request("lacking", new FakeMethod("text") { View = ModelView.Text });
        var error = Assert.Throws<AttuneException>(() => Run(lacking));
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Contains("give one with --model PATH", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_RowlessMethod_RunsOnceForEachSeedWhateverTheShots()
    {
        var observer = new Recorder();
        Run(Request("rowless", ZeroShot(), Learner()) with { Shots = [new ShotSpec(2, null), new ShotSpec(4, null)] }, observer);
        Assert.Equal(
            ["zero-shot/0/0", "learner/2/0", "learner/4/0", "zero-shot/0/1", "learner/2/1", "learner/4/1", "zero-shot/0/2", "learner/2/2", "learner/4/2"],
            observer.Started);
        Assert.Equal((9, 0), (observer.Cells, observer.AlreadyDone));
        Assert.All(observer.Shares, s => Assert.InRange(s, 0, 1));
    }

    [Fact]
    public void Run_TooManyShots_IsRefusedBeforeAnyCell()
    {
        var observer = new Recorder();
        var error = Assert.Throws<AttuneException>(() => Run(Request("many", ZeroShot(), Learner()) with { Shots = [new ShotSpec(30, null)] }, observer));
        Assert.Equal(AttuneErrorKind.Request, error.Kind);
        Assert.Empty(observer.Started);
        Assert.False(Directory.Exists(In("many")));
    }
}
