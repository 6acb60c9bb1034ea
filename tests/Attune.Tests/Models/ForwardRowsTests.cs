using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Models;

/// <summary>The rows that are read have the bits that they have when every row is computed, and so have gradients.</summary>
public sealed class ForwardRowsTests : IDisposable
{
    private static readonly int[] Read = [6, 2, 3, 6];

    private readonly LanguageModel model = TinyModels.Language();
    private readonly TokenBatch batch = new();

    public ForwardRowsTests()
    {
        batch.Add([10, 20, 30, 40]);
        batch.Add([50, 60, 70]);
    }

    [Fact]
    public void ForwardRows_WithoutSites_SameBitsAsForward() => CheckSameBits(null);

    [Theory]
    [InlineData(ActivationPoint.BlockInput)]
    [InlineData(ActivationPoint.HeadOutput)]
    [InlineData(ActivationPoint.AttentionOutput)]
    [InlineData(ActivationPoint.MlpOutput)]
    [InlineData(ActivationPoint.BlockOutput)]
    public void ForwardRows_SiteInTheLastBlock_SeesEveryRow(ActivationPoint point)
    {
        var sites = new SiteSet(model.Transformer, "test");
        var site = new Doubling();
        sites.Add(point, model.Transformer.Layers - 1, site);
        CheckSameBits(sites);
        Assert.Equal([7, 7], site.Rows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ForwardRows_OfAStep_SameGradients(bool recompute)
    {
        var factors = model.Transformer.Linears.Where(l => l.Layer >= 0).Select(l => new LoraFactors(l, 2, 2)).ToList();
        var sites = new SiteSet(model.Transformer, "training");
        factors.ForEach(f => sites.Add(f.Module, f));
        var random = new SeededRandom(4);
        foreach (var f in factors)
            foreach (var p in (Parameter[])[f.A, f.B])
                foreach (ref var x in p.Value.Span)
                    x = (float)(random.NextDouble() - 0.5);
        // Sums over rows are in the order of the rows, so only ascending ones give the same bits.
        int[] ascending = [2, 3, 6];
        float[] Gradients(bool rows)
        {
            factors.ForEach(f => { f.A.ClearGradient(); f.B.ClearGradient(); });
            using var graph = new Graph(recording: true) { Recomputes = recompute };
            var hidden = rows ? model.Transformer.ForwardRows(graph, batch, sites, ascending) : graph.GatherRows(model.Transformer.Forward(graph, batch, sites), ascending);
            graph.Backward(model.Transformer.Loss(graph, hidden, [7, 8, 9], batch, sites));
            return [.. factors.SelectMany(f => (float[])[.. f.A.Gradient.Span, .. f.B.Gradient.Span])];
        }

        var every = Gradients(rows: false);
        Assert.Contains(every, x => x != 0);
        Assert.Equal(every, Gradients(rows: true));
        factors.ForEach(f => { f.A.Dispose(); f.B.Dispose(); });
    }

    public void Dispose() => model.Dispose();

    private void CheckSameBits(SiteSet? sites)
    {
        using var graph = new Graph(recording: false);
        var every = model.Transformer.Forward(graph, batch, sites);
        float[] expected = [.. Read.SelectMany(r => every[r].ToArray())];
        graph.Reset();
        Assert.Equal(expected, model.Transformer.ForwardRows(graph, batch, sites, Read).Span.ToArray());
    }

    private sealed class Doubling : ITensorSite
    {
        public List<int> Rows { get; } = [];

        public Tensor Apply(Graph graph, Tensor value, TokenBatch batch)
        {
            Rows.Add(value.Rows);
            return graph.Scale(value, 2);
        }
    }
}
