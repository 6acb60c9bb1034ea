using System.Text.Json.Nodes;
using Attune.Cli.Bench;
using Attune.Cli.Terminal;
using Attune.Tensors;

namespace Attune.Tests.Cli.Bench;

public class BenchSessionTests
{
    internal static readonly BenchSizes Small = new()
    {
        Prefill = 6, Decode = 4, ScoreRows = 3, ScoreTokens = 5, ScorePrefix = 20, TrainRows = 2, TrainTokens = 8, Rank = 2, EmbedRows = 2, EmbedTokens = 4,
    };

    private static readonly MachineLimits Limits = new(2, new("multiplying", 1e9, 2e9), new("multiplying halves", 2e9, 4e9), new("multiplying bytes", 4e9, 8e9), new("reading", 5e8, 1e9));

    [Fact]
    public void Measure_OfALanguageModel_ShowsLimitsWorksAndARooflineForEach()
    {
        using var model = new BenchModel(TinyModels.Language(), null);
        var (json, text) = Measure(model, model.Works, Small);
        Assert.Contains("multiplying bytes", text, StringComparison.Ordinal);
        foreach (var title in new[] { "prefill of 6 tokens", "decoding 4 tokens", "scoring 3 rows of 5 behind 20", "LoRA step 2×8, loss on labels", "LoRA step 2×8, loss on every token", "full step 2×8, loss on labels" })
            // Once among the works, once above its own table.
            Assert.True(text.Split(title).Length > 2, title);
        foreach (var operation in new[] { "linear maps", "linear maps, backward", "attention", "attention, backward", "attention over the cache", "trained products, backward", "optimizer", "norms", "between operations" })
            Assert.Contains(operation, text, StringComparison.Ordinal);
        foreach (var counted in new[] { "decoding 4 tokens: the bytes of all weights for each token", "behind 20: 2 operations a weight for the 5 tokens of each row; the 20 before them are in the time alone", "full step 2×8, loss on labels: 6 operations a weight" })
            Assert.Contains(counted, text, StringComparison.Ordinal);
        Assert.Equal(["prefill", "decode", "scoring", "lora", "lora-all", "full"], json["works"]!.AsArray().Select(w => (string)w!["name"]!));
        foreach (var work in json["works"]!.AsArray())
        {
            Assert.Equal(2, work!["seconds"]!.AsArray().Count);
            var operations = work["operations"]!.AsArray();
            Assert.InRange(operations.Sum(o => (double)o!["share_of_time"]!), 0.999, 1.001);
            Assert.True((double)operations.First(o => (string)o!["name"]! is "linear maps" or "trained products")!["operations"]! > 0);
        }
    }

    [Fact]
    public void Measure_OfAnEncoder_ShowsItsEmbedding()
    {
        using var model = new BenchModel(null, TinyModels.Encoder());
        var (json, text) = Measure(model, model.Works, Small);
        Assert.Equal("embedding", (string)Assert.Single(json["works"]!.AsArray())!["name"]!);
        Assert.Contains("embedding 2 texts of 4 tokens", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_WhereAWorkDoesNotFit_SaysWhyAndGoesOn()
    {
        using var model = new BenchModel(TinyModels.Language(context: 16), null);
        var (json, text) = Measure(model, ["prefill", "scoring"], Small);
        Assert.Contains("not run: a prompt has 26 tokens but the model's context holds 16", text, StringComparison.Ordinal);
        Assert.NotNull(json["works"]![1]!["missing"]);
        Assert.Null(json["works"]![0]!["missing"]);
    }

    private static (JsonObject Json, string Text) Measure(BenchModel model, IReadOnlyList<string> works, BenchSizes sizes)
    {
        using var output = new StringWriter();
        var shell = new Shell { In = TextReader.Null, Out = output, Error = TextWriter.Null, Interruption = new Interruption(_ => { }), Verbose = true };
        var subject = new BenchSubject(DateTimeOffset.UnixEpoch, 2, model.Description, Precision.Exact);
        var json = new BenchSession(subject, model, works, sizes, 1, shell).Measure(new BenchRunner(2, 0, default), () => Limits);
        return (json, output.ToString());
    }
}
