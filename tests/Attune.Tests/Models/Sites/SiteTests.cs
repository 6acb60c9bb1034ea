using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Tests.Models.Sites;

/// <summary>Every site of the design can be attached to, acts where it says, and costs nothing when empty.</summary>
public sealed class SiteTests : IDisposable
{
    private static readonly int[] Prompt = [10, 20, 30, 40, 50];

    private readonly LanguageModel model = TinyModels.Language();
    private readonly Graph graph = new(recording: false);
    private readonly Arena store = new();

    [Fact]
    public void EmptySites_Forward_SameBits()
    {
        Assert.Equal(Logits(null), Logits(New()));
    }

    [Fact]
    public void Embeddings_Replaced_EqualOtherTokens()
    {
        // Every embedding replaced by that of token 99: as if the prompt were that token throughout.
        var sites = New();
        var other = graph.Persistent.Matrix(1, model.Transformer.Hidden);
        float[]? embedding = null;
        var capture = New();
        capture.Embeddings.Add(new Site((g, x, _) =>
        {
            embedding = x[0].ToArray();
            return x;
        }));
        Logits(capture, [99]);
        sites.Embeddings.Add(new Site((g, x, _) =>
        {
            var y = g.Arena.Matrix(x.Rows, x.Columns);
            for (var r = 0; r < x.Rows; r++)
                embedding.CopyTo(y[r]);
            return y;
        }));
        _ = other;
        Assert.Equal(Logits(null, [99, 99, 99, 99, 99]), Logits(sites));
    }

    [Theory]
    [InlineData(ActivationPoint.BlockInput)]
    [InlineData(ActivationPoint.HeadOutput)]
    [InlineData(ActivationPoint.AttentionOutput)]
    [InlineData(ActivationPoint.MlpOutput)]
    [InlineData(ActivationPoint.BlockOutput)]
    public void Activations_SeenAndChanged_AtEveryPointOfEveryLayer(ActivationPoint point)
    {
        var width = point == ActivationPoint.HeadOutput ? model.Transformer.Heads * model.Transformer.HeadDim : model.Transformer.Hidden;
        var plain = Logits(null);
        for (var layer = 0; layer < model.Transformer.Layers; layer++)
        {
            var seen = 0;
            var sites = New();
            sites.Add(point, layer, new Site((g, x, batch) =>
            {
                seen++;
                Assert.Equal((Prompt.Length, width), (x.Rows, x.Columns));
                Assert.Equal(batch.Count, x.Rows);
                return g.Scale(x, 2);
            }));
            Assert.NotEqual(plain, Logits(sites));
            Assert.Equal(1, seen);
        }
    }

    [Fact]
    public void HeadOutput_OneHeadZeroed_LeavesTheOthers()
    {
        var dim = model.Transformer.HeadDim;
        float[]? after = null;
        var sites = New();
        sites.Add(ActivationPoint.HeadOutput, 0, new Site((g, x, _) =>
        {
            var y = g.Arena.Matrix(x.Rows, x.Columns);
            x.Span.CopyTo(y.Span);
            for (var r = 0; r < y.Rows; r++)
                y[r].Slice(dim, dim).Clear();
            return y;
        }));
        sites.Add(ActivationPoint.HeadOutput, 0, new Site((g, x, _) =>
        {
            after = x[0].ToArray();
            return x;
        }));
        Logits(sites);
        Assert.All(after![dim..(2 * dim)], v => Assert.Equal(0, v));
        Assert.Contains(after[..dim], v => v != 0);
    }

    [Fact]
    public void Weights_EveryLinearMap_CanBeReplaced()
    {
        var plain = Logits(null);
        foreach (var module in model.Transformer.Linears)
        {
            var sites = New();
            sites.Add(module, new Doubled());
            Assert.NotEqual(plain, Logits(sites));
        }
    }

    [Fact]
    public void Vectors_FinalNormDoubled_DoublesLogits()
    {
        var norm = model.Transformer.Vectors.Single(v => v.Name == "model.norm.weight");
        var sites = New();
        sites.Add(norm, new DoubledVector());
        var (plain, doubled) = (Logits(null), Logits(sites));
        for (var i = 0; i < plain.Length; i++)
            Assert.Equal(2 * plain[i], doubled[i], 4);
    }

    [Fact]
    public void Logits_BiasOnOneToken_DecidesGeneration()
    {
        var sites = New();
        sites.Logits.Add(new Site((g, x, _) =>
        {
            var y = g.Arena.Matrix(x.Rows, x.Columns);
            x.Span.CopyTo(y.Span);
            for (var r = 0; r < y.Rows; r++)
                y[r][65] += 1000;
            return y;
        }));
        var text = model.Generate(Prompt, new SamplingOptions { MaxTokens = 3 }, sites, null, CancellationToken.None);
        Assert.Equal([65, 65, 65], text.Ids);
    }

    [Fact]
    public void Positions_Shifted_SameScores()
    {
        // Rotary attention sees differences of positions only.
        var sites = New();
        sites.PositionMap = p => p + 7;
        var (plain, shifted) = (Logits(null), Logits(sites));
        for (var i = 0; i < plain.Length; i++)
            Assert.Equal(plain[i], shifted[i], 3);
        sites = New();
        sites.PositionMap = p => p * 3;
        Assert.NotEqual(plain, Logits(sites));
    }

    [Fact]
    public void KeysValues_PrefixOfRealTokens_EqualsTokensBeforeThePrompt()
    {
        // Keys and values computed for three tokens, given back as a prefix: as if the tokens stood before the prompt.
        int[] before = [70, 71, 72];
        var sites = New("prefix");
        sites.Prefix = KeysAndValuesOf(before);
        int[][] continuations = [[5], [6, 7]];
        var expected = model.Score([new ScoreRequest([.. before, .. Prompt], continuations)], null, CancellationToken.None)[0];
        var actual = model.Score([new ScoreRequest(Prompt, continuations)], sites, CancellationToken.None)[0];
        for (var c = 0; c < continuations.Length; c++)
            Assert.Equal(expected.TokenLogProbabilities[c], actual.TokenLogProbabilities[c]);
        Assert.Equal(
            model.Generate([.. before, .. Prompt], new SamplingOptions { MaxTokens = 8 }, null, null, CancellationToken.None).Ids,
            model.Generate(Prompt, new SamplingOptions { MaxTokens = 8 }, sites, null, CancellationToken.None).Ids);
    }

    [Fact]
    public void KeysValues_PrefixWithoutCache_SameAsWithCache()
    {
        int[] before = [70, 71, 72];
        var sites = New("prefix");
        sites.Prefix = KeysAndValuesOf(before);
        graph.Reset();
        var batch = new TokenBatch();
        batch.Add(Prompt, past: before.Length);
        batch.Add(Prompt[..2], past: before.Length);
        var hidden = model.Transformer.Forward(graph, batch, sites);
        var logits = model.Transformer.Logits(graph, hidden.Slice(Prompt.Length - 1, 1), batch, sites).Span.ToArray();
        Assert.Equal(Logits(null, [.. before, .. Prompt]), logits);
    }

    public void Dispose()
    {
        graph.Dispose();
        store.Dispose();
        model.Dispose();
    }

    private SiteSet New(string key = "test") => new(model.Transformer, key);

    private float[] Logits(SiteSet? sites, int[]? tokens = null)
    {
        graph.Reset();
        var batch = new TokenBatch();
        batch.Add(tokens ?? Prompt);
        var hidden = model.Transformer.Forward(graph, batch, sites);
        return model.Transformer.Logits(graph, hidden.Slice(hidden.Rows - 1, 1), batch, sites).Span.ToArray();
    }

    /// <summary>By taps on the key and value maps, keys rotated as the model does.</summary>
    private KeyValuePrefix KeysAndValuesOf(int[] tokens)
    {
        var taps = New("taps");
        var (keys, values) = (new List<Tensor>(), new List<Tensor>());
        foreach (var module in model.Transformer.Linears.Where(l => l.Role is "k_proj" or "v_proj"))
            taps.Add(module, new Tap(module.Role == "k_proj" ? keys : values, store));
        Logits(taps, tokens);
        using var table = new RopeTable(new RopeSettings { Base = 10000, RotaryDims = model.Transformer.HeadDim });
        for (var i = 0; i < keys.Count; i++)
        {
            graph.Reset();
            var rotated = graph.Rope(keys[i], table, [0, 1, 2], model.Transformer.KvHeads, model.Transformer.HeadDim);
            rotated.Span.CopyTo(keys[i].Span);
        }
        return new KeyValuePrefix(tokens.Length, keys, values) { Owner = store };
    }

    private sealed class Site(Func<Graph, Tensor, TokenBatch, Tensor> apply) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => apply(graph, value, batch);
    }

    private sealed class Doubled : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites) => graph.Scale(module.Base(graph, x, sites), 2);
    }

    private sealed class DoubledVector : IVectorSite
    {
        public Tensor Vector(Graph graph, VectorModule module) => graph.Scale(module.Value, 2);
    }

    private sealed class Tap(List<Tensor> seen, Arena store) : IWeightSite
    {
        public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
        {
            var y = module.Base(graph, x, sites);
            var copy = store.Matrix(y.Rows, y.Columns);
            y.Span.CopyTo(copy.Span);
            seen.Add(copy);
            return y;
        }
    }
}
