using Attune.Models.Generation;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// Disentangled attention (He et al., "DeBERTa", 2021, equation 4): to the product of query and key come those of the query with the key of their relative position,
/// and of the key with its query.
/// </summary>
/// <param name="maps">Query, key and value.</param>
/// <param name="shape">Scaled by 1/√(HeadDim · parts of the score).</param>
internal sealed class DisentangledMixer(LinearModule[] maps, LinearModule output, AttentionShape shape, DisentangledPositions positions) : SequenceMixer
{
    private readonly LinearGroup group = new(maps);

    /// <summary>From a relative position to its key; null: queries see no positions.</summary>
    public LinearModule? PositionKey { get; init; }

    /// <summary>From a relative position to its query; null: keys see no positions.</summary>
    public LinearModule? PositionQuery { get; init; }

    public override Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> rows, SiteSet? sites)
    {
        Span<Tensor> qkv = [default, default, default];
        group.Apply(graph, x, sites, qkv);
        var (q, k, v) = (qkv[0], qkv[1], qkv[2]);
        if (PositionKey is null && PositionQuery is null)
            return graph.Attend(q, k, v, shape, batch, layer, sites);
        var vectors = positions.Vectors(graph, sites);
        var ofQueries = PositionKey is null ? default : ByHead(graph, q, PositionKey.Apply(graph, vectors, sites));
        var ofKeys = PositionQuery is null ? default : ByHead(graph, k, PositionQuery.Apply(graph, vectors, sites));
        var longest = batch.Segments.Max(s => s.Length);
        var scores = graph.RelativeScores(ofQueries, ofKeys, batch.Ranges(), shape.Heads, positions.Places(longest), shape.Scale);
        return graph.Attend(q, k, v, shape, batch, layer, sites, AttentionBias.OfPairs(scores, shape.Heads));
    }

    public override Tensor Output(Graph graph, Tensor gathered, SiteSet? sites) => output.Apply(graph, gathered, sites);

    /// <summary>The products of each head: [M, heads · headDim], [P, heads · headDim] → [M, heads · P].</summary>
    private Tensor ByHead(Graph graph, Tensor x, Tensor vectors)
    {
        var parts = new Tensor[shape.Heads];
        for (var h = 0; h < parts.Length; h++)
            parts[h] = graph.Product(graph.SliceColumns(x, h * shape.HeadDim, shape.HeadDim), graph.SliceColumns(vectors, h * shape.HeadDim, shape.HeadDim));
        return graph.ConcatColumns(parts);
    }
}
