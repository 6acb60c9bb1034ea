using System.Text.Json;

namespace Attune.Tests.Cli;

public sealed class DataInspectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Inspect_OfATable_CountsLabelsAndRepeats()
    {
        var file = folder.File("my.csv", "text,label\ngood one,yes\nbad one,no\nGood  one,yes\nfine,yes\n");
        var run = CliRun.Of("data", "inspect", file, "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("classification", json.RootElement.GetProperty("kind").GetString());
        var labels = json.RootElement.GetProperty("labels").EnumerateArray().ToDictionary(l => l.GetProperty("label").GetString()!, l => l.GetProperty("train").GetInt32());
        Assert.Equal(3, labels["yes"]);
        Assert.Equal(1, labels["no"]);
        Assert.Equal(1, json.RootElement.GetProperty("duplicates").GetInt32());
        Assert.Equal(4, json.RootElement.GetProperty("characters").GetProperty("min").GetInt32());
    }

    [Fact]
    public void Inspect_OfLabelsWithMarkupAndEscapes_ShowsThemAsText()
    {
        var file = folder.File("my.csv", "text,label\na b,[red]x[/]\nc d,\"y\u001b[31m\u202ez\"\ne f,[red]x[/]\n");
        var run = CliRun.Of("data", "inspect", file);
        Assert.Equal(0, run.Code);
        Assert.Contains("[red]x[/]", run.Out, StringComparison.Ordinal);
        Assert.Contains("y\\u001b[31m\\u202ez", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.DoesNotContain('\u202e', run.Out);
    }

    [Fact]
    public void Inspect_OfABadRow_NamesFileAndLineAndCanSkip()
    {
        var file = folder.File("my.csv", "text,label\ngood,yes\nbad\nfine,no\nwell,yes\n");
        var run = CliRun.Of("data", "inspect", file);
        Assert.Equal(2, run.Code);
        Assert.Contains("line 3", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.Of("data", "inspect", file, "--bad-rows", "skip").Code);
    }

    [Fact]
    public void Inspect_WithATemplate_ChecksIt()
    {
        var file = folder.File("my.csv", "text,label\ngood,yes\nfine,no\n");
        var good = folder.File("good.yaml", "input: 'Say: {text}'\nwords:\n  yes: ' right'\n");
        Assert.Equal(0, CliRun.Of("data", "inspect", file, "--template", good).Code);
        var bad = folder.File("bad.json", "{\"input\": \"{txt}\"}");
        var run = CliRun.Of("data", "inspect", file, "--template", bad);
        Assert.Equal(2, run.Code);
        Assert.Contains("'txt'", run.Error, StringComparison.Ordinal);
        Assert.Contains("bad.json", run.Error, StringComparison.Ordinal);
    }
}
