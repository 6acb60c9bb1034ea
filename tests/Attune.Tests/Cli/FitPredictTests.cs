using System.Text.Json;

namespace Attune.Tests.Cli;

public sealed class FitPredictTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string data;

    public FitPredictTests() => data = folder.File("my data.csv", "text,label\na,yes\nb,yes\nc,yes\nd,no\n");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Fit_Twice_FindsItsWorkDone()
    {
        var output = folder["fit"];
        var first = CliRun.Of("fit", "majority", data, "-o", output, "--json");
        Assert.Equal(0, first.Code);
        Assert.False(Property(first.Out, "already_there").GetBoolean());
        Assert.Equal(4, Property(first.Out, "rows").GetInt32());
        var second = CliRun.Of("fit", "majority", data, "-o", output, "--json");
        Assert.Equal(0, second.Code);
        Assert.True(Property(second.Out, "already_there").GetBoolean());
        var other = CliRun.Of("fit", "majority", data, "-o", output, "--seed", "7");
        Assert.Equal(2, other.Code);
        Assert.Contains("another seed", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_IntoAFolderWithOtherFiles_IsRefused()
    {
        folder.File("precious.txt", "mine");
        var run = CliRun.Of("fit", "majority", data, "-o", folder.Path);
        Assert.Equal(2, run.Code);
        Assert.True(File.Exists(folder["precious.txt"]));
    }

    [Fact]
    public void Predict_OfLines_KeepsTheirOrderAndStopsAtABadOne()
    {
        Fit();
        var run = CliRun.With("one\n{\"text\": \"two\"}\n\n{\"txt\": 3}\nfour\n", "predict", folder["fit"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("standard input line 4", run.Error, StringComparison.Ordinal);
        var lines = run.Out.TrimEnd().Split('\n');
        Assert.Equal([1, 2], lines.Select(l => Property(l, "line").GetInt32()));
        Assert.All(lines, l => Assert.Equal("yes", Property(l, "label").GetString()));
    }

    [Fact]
    public void Predict_OfManyLines_GivesOneLineForEach()
    {
        Fit();
        var run = CliRun.With(string.Concat(Enumerable.Range(1, 1000).Select(i => $"row {i}\n")), "predict", folder["fit"]);
        Assert.Equal(0, run.Code);
        Assert.Equal(Enumerable.Range(1, 1000), run.Out.TrimEnd().Split('\n').Select(l => Property(l, "line").GetInt32()));
    }

    [Fact]
    public void Predict_AsCsvOfACsvFile_HasAHeaderAndARowForEach()
    {
        Fit();
        var file = folder.File("new.csv", "text\n\"a, b\"\nc\n");
        var run = CliRun.Of("predict", folder["fit"], file, "--format", "csv");
        Assert.Equal(0, run.Code);
        var lines = run.Out.TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        Assert.Equal("line,label,probability,p(no),p(yes)", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("1,yes,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_OfLabelledRows_GivesHandWorkedAccuracyAndALog()
    {
        Fit();
        var test = folder.File("test.csv", "text,label\ne,yes\nf,no\ng,no\nh,yes\ni,yes\n");
        var log = folder["log.jsonl"];
        var run = CliRun.Of("evaluate", folder["fit"], test, "--json", "--log", log);
        Assert.Equal(0, run.Code);
        // Three of five are "yes".
        Assert.Equal(0.6, Property(run.Out, "metrics").GetProperty("accuracy").GetProperty("value").GetDouble(), 12);
        Assert.Equal(5, Property(run.Out, "rows").GetInt32());
        // F1 of "yes" is 2·3 / (3 + 5), that of "no" is 0.
        Assert.Equal(0.375, Property(run.Out, "metrics").GetProperty("macro-f1").GetProperty("value").GetDouble(), 12);
        var lines = File.ReadAllLines(log);
        Assert.Equal(5, lines.Length);
        Assert.Equal([true, false, false, true, true], lines.Select(l => Property(l, "right").GetBoolean()));
    }

    [Fact]
    public void Chat_WithADecidingAdaptation_AnswersEachLineByItsLabel()
    {
        Fit();
        var run = CliRun.With("hello\n/hlp\n/exit\nnever read\n", "chat", folder["fit"]);
        Assert.Equal(0, run.Code);
        Assert.StartsWith("yes ", run.Out, StringComparison.Ordinal);
        Assert.Single(run.Out.TrimEnd().Split('\n'));
        Assert.Contains("did you mean '/help'?", run.Error, StringComparison.Ordinal);
    }

    private void Fit() => Assert.Equal(0, CliRun.Of("fit", "majority", data, "-o", folder["fit"], "-q").Code);

    private static JsonElement Property(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).Clone();
    }
}
