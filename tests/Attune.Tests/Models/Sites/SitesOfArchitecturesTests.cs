using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models.Sites;

/// <summary>One thing a site, on a decoder, an encoder-decoder and a recurrent model: it acts, or the model says why not.</summary>
public sealed class SitesOfArchitecturesTests
{
    private static readonly int[] Prompt = [10, 20, 30, 40, 50];
    private static readonly int[] Target = [60, 70, 80];

    public static TheoryData<string> Architectures => ["llama", "t5", "mamba"];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Demonstrations_BeforeThePrompt_ChangeTheScores(string architecture)
    {
        using var model = Open(architecture);
        Assert.NotEqual(Score(model, null), Score(model, null, [1, 2, 3, .. Prompt]));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void SoftTokens_InPlaceOfEmbeddings_EqualTheTokensTheyAreOf(string architecture)
    {
        using var model = Open(architecture);
        var table = model.Transformer.Tables.Single(t => t.Name.Contains("embed", StringComparison.Ordinal) || t.Name == "shared.weight");
        var sites = new SiteSet(model.Transformer, "soft");
        sites.Embeddings.Add(new Site((graph, x, _) =>
        {
            var y = graph.Arena.Matrix(x.Rows, x.Columns);
            x.Span.CopyTo(y.Span);
            // The third token of the prompt becomes token 99.
            for (var r = 0; r < x.Rows; r++)
                if (x[r].SequenceEqual(Row(table, 30)))
                    Row(table, 99).CopyTo(y[r]);
            return y;
        }));
        Assert.Equal(Score(model, null, [10, 20, 99, 40, 50]), Score(model, sites));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Prefix_OfKeysAndValues_ActsOrIsRefusedByName(string architecture)
    {
        using var model = Open(architecture);
        var sites = new SiteSet(model.Transformer, "prefix");
        using var store = new Arena();
        var (layers, width) = (((CausalLanguageModel)model.Transformer).CacheLayers, model.Transformer.KvHeads * model.Transformer.HeadDim);
        var keys = Enumerable.Range(0, layers).Select(i => Filled(store, width, 0.3f + i)).ToArray();
        var prefix = new KeyValuePrefix(2, keys, keys) { Owner = store };
        if (architecture == "mamba")
        {
            var e = Assert.Throws<AttuneException>(() => sites.Prefix = prefix);
            Assert.Contains("a model of the architecture mamba has no keys and values", e.Message, StringComparison.Ordinal);
            return;
        }
        sites.Prefix = prefix;
        Assert.NotEqual(Score(model, null), Score(model, sites));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void SteeringVector_AtEveryBlock_ChangesTheScores(string architecture)
    {
        using var model = Open(architecture);
        var plain = Score(model, null);
        for (var layer = 0; layer < model.Transformer.Layers; layer++)
        {
            var sites = new SiteSet(model.Transformer, $"steered {layer}");
            sites.Add(ActivationPoint.BlockOutput, layer, new Site((graph, x, _) => graph.AddBias(x, Filled(graph.Arena, x.Columns, 0.5f).Slice(0, 1))));
            Assert.NotEqual(plain, Score(model, sites));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void WeightDelta_OnEveryMap_ChangesTheScores(string architecture)
    {
        using var model = Open(architecture);
        var plain = Score(model, null);
        foreach (var module in model.Transformer.Linears)
        {
            var sites = new SiteSet(model.Transformer, module.Name);
            sites.Add(module, new Larger());
            Assert.True(!plain.SequenceEqual(Score(model, sites)), $"{module.Name} does nothing");
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void LogitBias_OnAToken_RaisesItAlone(string architecture)
    {
        using var model = Open(architecture);
        var sites = new SiteSet(model.Transformer, "bias");
        using var bias = new LogitBias(model.Transformer.Vocabulary, new Dictionary<int, float> { [Target[0]] = 1.5f });
        sites.Logits.Add(bias);
        var (plain, biased) = (Score(model, null), Score(model, sites));
        // log p' = log p + b − log(1 + p·(e^b − 1)); the others lose the last term.
        double Lost(double logP) => Math.Log(1 + Math.Exp(logP) * (Math.Exp(1.5) - 1));
        Assert.Equal(plain[0] + 1.5 - Lost(plain[0]), biased[0], 5);
        Assert.True(biased[1] < plain[1]);
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Score_BesideOthersOrAlone_SameBits(string architecture)
    {
        using var model = Open(architecture);
        var requests = Enumerable.Range(0, 7).Select(i => new ScoreRequest([10, 20, .. Enumerable.Range(30, 3 + i * 5)], [[60, 70], [60, 71, 72], [5 + i]])).ToArray();
        var together = model.Score(requests, null, default);
        using var fresh = Open(architecture);
        for (var i = requests.Length - 1; i >= 0; i--)
        {
            var alone = fresh.Score([requests[i]], null, default)[0];
            Assert.Equal(together[i].TokenLogProbabilities.SelectMany(p => p), alone.TokenLogProbabilities.SelectMany(p => p));
        }
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Generate_GreedyTwice_SameTokensThatScoreHighest(string architecture)
    {
        using var model = Open(architecture);
        var options = new SamplingOptions { MaxTokens = 12 };
        var first = model.Generate(Prompt, options, null, null, default).Ids;
        Assert.Equal(first, model.Generate(Prompt, options, null, null, default).Ids);
        // Each token that was chosen is at least as likely as any other: its log-probability is the largest among all single continuations.
        var next = model.Score([new ScoreRequest(Prompt, [.. Enumerable.Range(0, model.Transformer.Vocabulary).Select(t => new[] { t })])], null, default)[0].TokenLogProbabilities;
        Assert.Equal(next.Max(p => p[0]), next[first[0]][0]);
    }

    private static LanguageModel Open(string architecture) => architecture switch
    {
        "t5" => TinyModels.EncoderDecoder(),
        "mamba" => TinyModels.Of(TinyModels.MambaConfiguration()),
        _ => TinyModels.Of(TinyModels.Configuration()),
    };

    private static double[] Score(LanguageModel model, SiteSet? sites, int[]? prompt = null) =>
        model.Score([new ScoreRequest(prompt ?? Prompt, [Target])], sites, default)[0].TokenLogProbabilities[0];

    private static float[] Row(TableModule table, int row)
    {
        var values = new float[table.Columns];
        table.Weight.ReadRow(row, values);
        return values;
    }

    private static Tensor Filled(Arena arena, int width, float value)
    {
        var x = arena.Matrix(2, width);
        for (var i = 0; i < x.Count; i++)
            x.Span[i] = value * (i % 3 - 1);
        return x;
    }

    private sealed class Site(Func<Graph, Tensor, TokenBatch, Tensor> apply) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => apply(graph, value, batch);
    }

    private sealed class Larger : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => graph.Scale(module.Base(graph, x, sites), 1.3f);
    }
}
