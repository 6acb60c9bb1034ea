using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models;

/// <summary>Where numbers stop being finite in a forward pass is named: place, layer and row.</summary>
public sealed class FiniteDiagnosisTests
{
    [Theory]
    [InlineData(Precision.Exact)]
    [InlineData(Precision.Fast)]
    public void Score_AttentionMapThatOverflows_NamesItsLayer(Precision precision)
    {
        using var model = TinyModels.Language(precision: precision, change: (name, values) => Fill(name, "model.layers.1.self_attn.o_proj.weight", values, 3e38f));
        var e = Assert.Throws<NotFiniteException>(() => model.Score([new ScoreRequest([1, 2, 3], [[4], [5]])], null, CancellationToken.None));
        Assert.Equal(AttuneErrorKind.Work, e.Kind);
        Assert.Equal((1, 0), (e.Layer, e.Row));
        Assert.Contains("layer 1, the attention's output", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_DamagedWordVector_NamesItsTokensRow()
    {
        // Token 7 stands at place 2 of the second prompt alone.
        using var model = TinyModels.Language(change: (name, values) =>
        {
            if (name == "model.embed_tokens.weight")
                values[7 * 32 + 3] = float.NaN;
        });
        Assert.Contains("is not a finite number", Assert.Throws<NotFiniteException>(() => model.Score([new ScoreRequest([1, 2, 3, 4], [[5]])], null, CancellationToken.None)).Message, StringComparison.Ordinal);
        var e = Assert.Throws<NotFiniteException>(() => model.Score([new ScoreRequest([1, 2, 7, 4], [[5]])], null, CancellationToken.None));
        Assert.Equal((null, 2), (e.Layer, e.Row));
        Assert.Contains("the embedding", e.Message, StringComparison.Ordinal);
        Assert.Contains("(id 7)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_FeedForwardThatOverflows_NamesItsLayer()
    {
        using var model = TinyModels.Language(change: (name, values) => Fill(name, "model.layers.0.mlp.down_proj.weight", values, -3e38f));
        var e = Assert.Throws<NotFiniteException>(() => model.Generate([1, 2, 3], new SamplingOptions { MaxTokens = 3 }, null, null, CancellationToken.None));
        Assert.Equal(0, e.Layer);
        Assert.Contains("layer 0, the feed-forward output", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_SteeringTooStrong_NamesTheLayerItActsIn()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "strong");
        sites.Add(ActivationPoint.BlockOutput, 1, new Scaled(float.PositiveInfinity));
        var e = Assert.Throws<NotFiniteException>(() => model.Score([new ScoreRequest([1, 2, 3], [[4]])], sites, CancellationToken.None));
        Assert.Equal(1, e.Layer);
        Assert.Contains("the block's output", e.Message, StringComparison.Ordinal);
        // The model itself is sound.
        Assert.True(double.IsFinite(model.Score([new ScoreRequest([1, 2, 3], [[4]])], null, CancellationToken.None)[0].TokenLogProbabilities[0][0]));
    }

    [Fact]
    public void Score_WhereMemoryIsShortForTheDiagnosis_SaysThatWithoutAPlace()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "short");
        sites.Add(ActivationPoint.BlockOutput, 1, new ShortOnceDamaged());
        var e = Assert.Throws<NotFiniteException>(() => model.Score([new ScoreRequest([1, 2, 3], [[4]])], sites, CancellationToken.None));
        Assert.Equal((null, null), (e.Layer, e.Row));
        Assert.Contains("memory does not suffice to find where", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_TokenRemovedAtTheLogits_IsMinusInfinityAndNoFault()
    {
        using var model = TinyModels.Language();
        var sites = new SiteSet(model.Transformer, "masked");
        sites.Logits.Add(new Masked(9));
        var result = model.Score([new ScoreRequest([1, 2, 3], [[9], [8]])], sites, CancellationToken.None)[0].TokenLogProbabilities;
        Assert.Equal(double.NegativeInfinity, result[0][0]);
        Assert.True(double.IsFinite(result[1][0]));
    }

    [Fact]
    public void Embed_EncoderThatOverflows_NamesItsLayerAndText()
    {
        using var encoder = TinyModels.Encoder(change: (name, values) => Fill(name, "encoder.layer.1.output.dense.weight", values, 3e38f));
        var e = Assert.Throws<NotFiniteException>(() => encoder.Embed(["good film", "bad plot"]));
        Assert.Equal(1, e.Layer);
        Assert.Contains("text 0", e.Message, StringComparison.Ordinal);
    }

    private static void Fill(string name, string tensor, float[] values, float value)
    {
        if (name == tensor)
            Array.Fill(values, value);
    }

    private sealed class Scaled(float by) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch) => graph.Scale(value, by);
    }

    private sealed class ShortOnceDamaged : ITensorSite
    {
        private bool damaged;

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            if (damaged)
                throw new MemoryLimitException("", 2, 1);
            damaged = true;
            return graph.Scale(value, float.PositiveInfinity);
        }
    }

    private sealed class Masked(int token) : ITensorSite
    {
        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            var masked = graph.Arena.Matrix(value.Rows, value.Columns);
            value.Span.CopyTo(masked.Span);
            for (var i = 0; i < masked.Rows; i++)
                masked[i][token] = float.NegativeInfinity;
            return masked;
        }
    }
}
