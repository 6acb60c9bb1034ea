using System.Text.Json;

namespace Attune.Tests.Cli;

/// <summary>Commands that need a model, with the tiny models of the file goldens.</summary>
[Trait("Category", "Goldens")]
public sealed class ModelCommandGoldenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableTheory]
    [InlineData("tiny-f32.gguf")]
    [InlineData("tiny-hf")]
    public void Info_OfATinyModel_GivesItsSizes(string name)
    {
        var run = CliRun.Of("models", "info", TestFolders.Fixture(Path.Combine("files", name)), "--json");
        Assert.Equal(0, run.Code);
        using var json = JsonDocument.Parse(run.Out);
        Assert.Equal("llama", json.RootElement.GetProperty("architecture").GetString());
        Assert.Equal((2, 64, 4, 2, 128), (Number("layers"), Number("hidden"), Number("heads"), Number("key_value_heads"), Number("vocabulary")));
        int Number(string key) => json.RootElement.GetProperty(key).GetInt32();
    }

    [SkippableFact]
    public void Predict_WithAnotherModel_IsRefusedUnlessAllowed()
    {
        var fitted = TestFolders.Fixture(Path.Combine("files", "tiny-hf"));
        var other = TestFolders.Fixture(Path.Combine("files", "tiny-q8_0.gguf"));
        var data = folder.File("my.csv", "text,label\na,yes\nb,no\n");
        Assert.Equal(0, CliRun.Of("fit", "zero-shot", data, "--model", fitted, "-o", folder["fit"], "-q").Code);
        var run = CliRun.With("a\n", "predict", folder["fit"], "--model", other);
        Assert.Equal(2, run.Code);
        Assert.Contains("--any-model", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CliRun.With("a\n", "predict", folder["fit"], "--model", other, "--any-model").Code);
        var good = CliRun.With("a\nb\n", "predict", folder["fit"], "--model", fitted, "-v");
        Assert.Equal(0, good.Code);
        using var json = JsonDocument.Parse(good.Out.Split('\n')[0]);
        Assert.Contains("a", json.RootElement.GetProperty("prompt").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, json.RootElement.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 9);
    }

    [SkippableFact]
    public void Chat_WithTheSameSeed_SaysTheSame()
    {
        var model = TestFolders.Fixture(Path.Combine("files", "tiny-hf"));
        string[] arguments = ["chat", "--model", model, "--max-tokens", "8", "--seed", "3", "--json"];
        var first = CliRun.With("hi\n/reset\nhi\n/exit\n", arguments);
        Assert.Equal(0, first.Code);
        var lines = first.Out.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0], lines[1]);
    }

    [SkippableFact]
    public void Chat_BeyondTheContext_SaysSoAndGoesOn()
    {
        var model = TestFolders.Fixture(Path.Combine("files", "tiny-hf"));
        var run = CliRun.With(new string('x', 400) + "\nhi\n", "chat", "--model", model, "--max-tokens", "4", "--json");
        Assert.Equal(0, run.Code);
        Assert.Contains("/reset", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Out.TrimEnd().Split('\n'));
    }
}
