using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// One block: x + mix(norm x), then x + feed(norm x); or both beside one another; with norms before a part, behind it, or behind the sum,
/// as the architecture has them. Every activation site of a block stands here.
/// </summary>
internal sealed class TransformerBlock(SequenceMixer mixer, BlockFeed? feed)
{
    /// <summary>Norm of the stream itself; null: none.</summary>
    public NormModule? BeforeBlock { get; init; }

    /// <summary>Norm of the mixer's input; null: none.</summary>
    public NormModule? BeforeMixer { get; init; }

    /// <summary>Norm of what the mixer adds.</summary>
    public NormModule? AfterMixer { get; init; }

    /// <summary>Norm of the sum behind the mixer.</summary>
    public NormModule? AfterMixerSum { get; init; }

    /// <summary>Norm of the feed-forward layer's input. In a parallel block null means: the mixer's normed input.</summary>
    public NormModule? BeforeFeed { get; init; }

    /// <summary>Norm of what the feed-forward layer adds.</summary>
    public NormModule? AfterFeed { get; init; }

    /// <summary>Norm of the sum behind the feed-forward layer.</summary>
    public NormModule? AfterFeedSum { get; init; }

    /// <summary>Attention to an encoder's states, between the mixer and the feed-forward layer; null: none.</summary>
    public CrossAttention? Cross { get; init; }

    /// <summary>Blocks of the model before this one's stack, which have no place in the cache: an encoder's.</summary>
    public int Uncached { get; init; }

    /// <summary>A last part, which sees the block's input too; null: none.</summary>
    public BlockConvolution? Convolution { get; init; }

    /// <summary>x + mix(norm x) + feed(norm x): the second part does not see the first.</summary>
    public bool Parallel { get; init; }

    /// <summary>What the mixer and the feed-forward layer add to is their normed input, not the stream itself (BLOOM's apply_residual_connection_post_layernorm).</summary>
    public bool NormedResidual { get; init; }

    /// <summary>Factor on what either part adds.</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Whether behind the mixer no token reads another, so that what nobody reads may be left out.</summary>
    public bool CanSelect => feed is not { ReadsOtherTokens: true };

    /// <param name="rows">The rows that are read of the result; empty: all.</param>
    public Tensor Forward(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites, ReadOnlySpan<int> rows)
    {
        x = sites?.Apply(graph, ActivationPoint.BlockInput, layer, x, batch) ?? x;
        var input = x;
        x = BeforeBlock?.Apply(graph, x, sites) ?? x;
        var n = BeforeMixer?.Apply(graph, x, sites) ?? x;
        var gathered = mixer.Gather(graph, layer - Uncached, n, batch, positions, sites);
        gathered = sites?.Apply(graph, ActivationPoint.HeadOutput, layer, gathered, batch) ?? gathered;
        if (!rows.IsEmpty)
        {
            (x, gathered) = (graph.GatherRows(x, rows), graph.GatherRows(gathered, rows));
            if (Parallel)
                n = graph.GatherRows(n, rows);
        }
        if (NormedResidual)
            x = rows.IsEmpty || Parallel ? n : graph.GatherRows(n, rows);
        var mixed = mixer.Output(graph, gathered, sites);
        mixed = AfterMixer?.Apply(graph, mixed, sites) ?? mixed;
        mixed = sites?.Apply(graph, ActivationPoint.AttentionOutput, layer, mixed, batch) ?? mixed;
        var sum = graph.Add(x, Scaled(graph, mixed));
        sum = AfterMixerSum?.Apply(graph, sum, sites) ?? sum;
        sum = Cross?.Apply(graph, layer - Uncached, sum, batch, sites) ?? sum;
        if (feed is not null)
            sum = Fed(graph, layer, Parallel ? x : sum, n, sum, batch, sites);
        sum = Convolution?.Apply(graph, input, sum, batch, sites) ?? sum;
        return sites?.Apply(graph, ActivationPoint.BlockOutput, layer, sum, batch) ?? sum;
    }

    /// <summary>The sum with what the feed-forward layer makes of <paramref name="x"/>.</summary>
    private Tensor Fed(Graph graph, int layer, Tensor x, Tensor normed, Tensor sum, TokenBatch batch, SiteSet? sites)
    {
        var n = BeforeFeed?.Apply(graph, x, sites) ?? (Parallel ? normed : x);
        var m = feed!.Apply(graph, n, batch, sites);
        m = AfterFeed?.Apply(graph, m, sites) ?? m;
        m = sites?.Apply(graph, ActivationPoint.MlpOutput, layer, m, batch) ?? m;
        sum = graph.Add(NormedResidual ? n : sum, Scaled(graph, m));
        return AfterFeedSum?.Apply(graph, sum, sites) ?? sum;
    }

    private Tensor Scaled(Graph graph, Tensor x) => ResidualScale == 1 ? x : graph.Scale(x, ResidualScale);
}
