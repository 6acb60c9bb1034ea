using Attune.Models.Sites;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A learned bias of attention scores for each head and bucket of distances, shared by all blocks (Raffel et al. 2020, section 2.1).</summary>
/// <param name="table">[buckets, heads].</param>
/// <param name="largest">The distance from which on all fall into the last bucket.</param>
/// <param name="bothWays">Whether keys ahead have buckets of their own.</param>
internal sealed class RelativeBias(VectorModule table, int largest, bool bothWays)
{
    /// <summary>Buckets in use, where the table has more rows.</summary>
    public int Buckets { get; init; } = table.Rows;

    /// <summary>The bias for the longest sequence of a batch, what is cached before it included; it lives until the graph is reset.</summary>
    public AttentionBias Of(Graph graph, TokenBatch batch, SiteSet? sites)
    {
        var reach = 1;
        foreach (var segment in batch.Segments)
            reach = Math.Max(reach, segment.Past + segment.Length);
        var buckets = AttentionBuckets.Around(reach, Buckets, largest, bothWays);
        return AttentionBias.OfDistances(graph.BucketBias(table.Apply(graph, sites), bothWays ? buckets : buckets.AsSpan(0, reach)), reach - 1);
    }
}
