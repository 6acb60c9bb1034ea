using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Blocks one after another; each may be computed again in the backward pass instead of being kept.</summary>
internal sealed class BlockStack(IReadOnlyList<TransformerBlock> blocks)
{
    public int Count => blocks.Count;

    /// <summary>Number of the first block among all of the model's, which sites and caches count.</summary>
    public int First { get; init; }

    /// <param name="rows">The rows that are read of the result; empty: all.</param>
    public Tensor Forward(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows = default)
    {
        var positions = SiteSet.Positions(batch, sites);
        for (var i = 0; i < blocks.Count; i++)
        {
            graph.BeginLayer();
            var read = i == blocks.Count - 1 ? rows : [];
            x = graph.Recomputes
                ? Recomputed(graph, i, x, batch, sites, read)
                : blocks[i].Forward(graph, First + i, x, batch, positions, sites, read);
        }
        return x;
    }

    /// <summary>
    /// Whether the last block can leave out the rows that nobody reads: behind its mixer no row reads another, unless something hangs there.
    /// </summary>
    public bool CanSelect(SiteSet? sites) =>
        blocks.Count > 0 && blocks[^1].CanSelect && (sites is null || !sites.ReadsTokens && !sites.HasAt(First + blocks.Count - 1, [ActivationPoint.AttentionOutput, ActivationPoint.MlpOutput, ActivationPoint.BlockOutput]));

    private Tensor Recomputed(Graph graph, int i, Tensor x, TokenBatch batch, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        var read = rows.ToArray();
        return graph.Recomputed(x, i, (g, input, index) => blocks[index].Forward(g, First + index, input, batch, SiteSet.Positions(batch, sites), sites, read));
    }
}
