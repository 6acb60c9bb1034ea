using System.Globalization;
using System.Text.Json;

namespace Attune.Tests.Cli;

public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string data;

    public CompareCommandTests() => data = folder.File("my.csv",
        "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"row {i},{(i % 3 == 0 ? "no" : "yes")}\n"))));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Compare_WithoutAModel_RunsWhatNeedsNoneAndWritesTheFiles()
    {
        var run = CliRun.Of("compare", data, "--methods", "majority", "--shots", "4", "--test", "20", "--natural", "--out", folder["run"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("majority", run.Out, StringComparison.Ordinal);
        Assert.Contains("report.html", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out + run.Error);
        foreach (var name in new[] { "report.html", "summary.json", "summary.csv", "summary.md", "results.jsonl" })
            Assert.True(File.Exists(Path.Combine(folder["run"], name)), name);
    }

    [Fact]
    public void Compare_OfNoFileAndNoModel_NamesTheFileFirst()
    {
        var run = CliRun.Of("compare", folder["nothere.csv"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("nothere.csv", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("language model", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_WithoutMethodsAndModel_NamesFewOfThoseThatNeedOne()
    {
        var run = CliRun.Of("compare", data);
        Assert.Equal(2, run.Code);
        Assert.Contains("needs a language model for icl-calibrated, icl-knn, icl-random, zero-shot and 2 other methods", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_AsJson_GivesTheSummaryAndResumes()
    {
        string[] arguments = ["compare", data, "--methods", "majority", "--shots", "4", "--test", "20", "--out", folder["run"], "--json"];
        var first = CliRun.Of(arguments);
        Assert.Equal(0, first.Code);
        using var summary = JsonDocument.Parse(first.Out);
        Assert.Equal("majority", summary.RootElement.GetProperty("rows")[0].GetProperty("method").GetString());
        Assert.Equal(3, summary.RootElement.GetProperty("rows")[0].GetProperty("seeds").GetInt32());
        var second = CliRun.Of(arguments);
        Assert.Equal(0, second.Code);
        Assert.Contains("done before", second.Error, StringComparison.Ordinal);
        arguments[7] = "10";
        var other = CliRun.Of(arguments);
        Assert.Equal(2, other.Code);
        Assert.Contains("--test", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_ByARunFile_TakesItsOptionsUnderThoseOfTheCommandLine()
    {
        var file = folder.File("run.yaml", """
            data: my.csv
            methods:
              - majority
              - name: majority
                as: floor
            shots: [2, 4]
            seeds: 3
            test: 20
            verbalizer:
              yes: " right"
            """);
        var run = CliRun.Of("compare", "--config", file, "--seeds", "2", "--out", folder["run"], "--json");
        Assert.Equal(0, run.Code);
        using var summary = JsonDocument.Parse(run.Out);
        var rows = summary.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["floor 2", "floor 4", "majority 2", "majority 4"], rows.Select(r => $"{r.GetProperty("method")} {r.GetProperty("shots")}").Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.Equal(2, r.GetProperty("seeds").GetInt32()));
    }

    [Theory]
    [InlineData("seeds: 3\nsheeds: 4\n", "line 2", "did you mean 'seeds'?")]
    [InlineData("shots: [0, many]\nmethods: [majority]\n", "line 1: shots", "'many'")]
    [InlineData("seeds: 3\nmethods: [\n  majority\n", "line", "not YAML")]
    [InlineData("methods:\n  - name: majority\n    optoins: {a: 1}\n", "line 2", "did you mean 'options'?")]
    [InlineData("methods:\n  - majority\n  - name: majority\n", "'majority'", "'as'")]
    [InlineData("methods:\n  - name: majority\n    options: {depth: 3}\n", "line 2", "'depth'")]
    [InlineData("- a\n- b\n", "line 1", "keys with values")]
    [InlineData("", "run.yaml", "empty")]
    [InlineData("natural: perhaps\nmethods: [majority]\n", "line 1", "'perhaps'")]
    public void RunFile_ThatIsWrong_IsNamedWithItsLine(string text, string where, string what)
    {
        var file = folder.File("run.yaml", text);
        var run = CliRun.Of("compare", data, "--config", file);
        Assert.Equal(2, run.Code);
        Assert.Contains(where, run.Error, StringComparison.Ordinal);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_WithMoreShotsThanRows_SaysSo()
    {
        var run = CliRun.Of("compare", data, "--methods", "majority", "--shots", "500", "--out", folder["run"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("500", run.Error, StringComparison.Ordinal);
        Assert.Contains("--shots", run.Error, StringComparison.Ordinal);
    }
}
