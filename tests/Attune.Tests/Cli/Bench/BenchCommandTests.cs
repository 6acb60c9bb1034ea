using System.Text.Json;

namespace Attune.Tests.Cli.Bench;

public sealed class BenchCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Bench_WithoutAModel_MeasuresTheMachineAndKeepsItAsJson()
    {
        var run = CliRun.Of("bench", "-o", folder["bench.json"]);
        Assert.Equal(0, run.Code);
        foreach (var limit in new[] { "float32", "bfloat16", "int8", "memory" })
            Assert.Contains(limit, run.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(folder["bench.json"]));
        Assert.True(json.RootElement.GetProperty("limits").GetProperty("float32").GetProperty("one_thread").GetDouble() > 0);
        Assert.Equal(0, json.RootElement.GetProperty("works").GetArrayLength());
    }

    [Fact]
    public void Bench_OfAnEncoderInFastPrecision_SaysThatItHasOne()
    {
        File.WriteAllText(folder["config.json"], """{"model_type":"bert"}""");
        var run = CliRun.Of("bench", Path.GetDirectoryName(folder["config.json"])!, "--precision", "fast");
        Assert.Equal(2, run.Code);
        Assert.Contains("is an encoder, which computes in float32 always", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no program", "bench", "model.gguf", "--against", "llama-bench=no/such/program")]
    [InlineData("did you mean 'llama-bench'?", "bench", "model.gguf", "--against", "lama-bench=x")]
    [InlineData("expected python=PATH", "bench", "model.gguf", "--against", "python=")]
    [InlineData("llama-bench=PATH or python=PATH", "bench", "model.gguf", "--against", "x")]
    [InlineData("did you mean 'prefill'?", "bench", "model.gguf", "--only", "prefil")]
    [InlineData("needs a model", "bench", "--only", "prefill")]
    [InlineData("from 1 to 1000", "bench", "--pairs", "0")]
    public void Bench_WithAWrongRequest_SaysWhatInOneSentence(string expected, params string[] arguments)
    {
        var run = CliRun.Of(arguments);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }
}
