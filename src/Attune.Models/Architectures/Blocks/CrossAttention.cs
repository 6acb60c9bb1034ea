using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The part of a decoder's block that attends to an encoder's states: x + attend(norm x), with norms behind it or behind the sum as the architecture has them.</summary>
/// <param name="query">Of the decoder's stream.</param>
/// <param name="maps">Key and value, of the encoder's states.</param>
/// <param name="output">From the heads side by side to the stream.</param>
/// <param name="shape">What attention computes; every query sees all states of its source.</param>
internal sealed class CrossAttention(LinearModule query, IMaps maps, LinearModule output, AttentionShape shape)
{
    /// <summary>Norm of the input; null: none.</summary>
    public NormModule? Before { get; init; }

    /// <summary>Norm of what is added.</summary>
    public NormModule? After { get; init; }

    /// <summary>Norm of the sum.</summary>
    public NormModule? AfterSum { get; init; }

    /// <param name="layer">The block's number among those of the decoder.</param>
    public Tensor Apply(Graph graph, int layer, Tensor x, TokenBatch batch, SiteSet? sites)
    {
        var q = query.Apply(graph, Before?.Apply(graph, x, sites) ?? x, sites);
        var added = output.Apply(graph, Attended(graph, q, layer, batch, sites), sites);
        added = After?.Apply(graph, added, sites) ?? added;
        var sum = graph.Add(x, added);
        return AfterSum?.Apply(graph, sum, sites) ?? sum;
    }

    /// <summary>Keys and values [rows, kvHeads · headDim] of encoded states.</summary>
    public (Tensor Keys, Tensor Values) KeysAndValues(Graph graph, Tensor states, SiteSet? sites)
    {
        Span<Tensor> both = [default, default];
        maps.Apply(graph, states, sites, both);
        return (both[0], both[1]);
    }

    private Tensor Attended(Graph graph, Tensor q, int layer, TokenBatch batch, SiteSet? sites)
    {
        if (batch.Source is not { } source)
            return graph.AttendToSource(q, shape, batch, layer);
        var (k, v) = KeysAndValues(graph, source.States, sites);
        return graph.Attention(q, k, v, shape, source.Ranges(batch));
    }
}
