using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

internal static unsafe class AttendExtension
{
    /// <summary>
    /// Attention of a batch in one layer: over each segment's cache, to which its keys and values are added, or over the segment alone where
    /// it has none. A bias, that of the batch where none is given, counts positions behind a prefix of keys from the prefix's first.
    /// </summary>
    public static Tensor Attend(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, TokenBatch batch, int layer, SiteSet? sites, AttentionBias bias = default)
    {
        if (bias.IsEmpty)
            bias = batch.Bias;
        if (batch.Segments.Count == 0 || batch.Segments[0].Cache is null)
            return batch.TakesPrefix && sites?.Prefix?.At(graph, layer) is { } prefix ? Prefixed(graph, q, k, v, shape, batch, prefix.Keys, prefix.Values, bias) : graph.Attention(q, k, v, shape, batch.Ranges(), bias);
        var segments = (AttentionSegment*)graph.Arena.Take((long)batch.Segments.Count * sizeof(AttentionSegment));
        for (var i = 0; i < batch.Segments.Count; i++)
        {
            var s = batch.Segments[i];
            var pages = ((PagedSequence)s.Cache!).Pages;
            var pointers = (float**)graph.Arena.Take((long)pages.Count * sizeof(float*));
            for (var p = 0; p < pages.Count; p++)
                pointers[p] = pages[p].Data;
            segments[i] = new AttentionSegment { QueryStart = s.Start, QueryCount = s.Length, Past = s.Past, Pages = pointers, Offset = (long)layer * shape.PageFloats };
        }
        return graph.CachedAttention(q, k, v, shape, new ReadOnlySpan<AttentionSegment>(segments, batch.Segments.Count), bias);
    }

    /// <summary>Without a cache, as in training: each segment's keys and values behind the intervention's, which may be trained.</summary>
    private static Tensor Prefixed(Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, TokenBatch batch, Tensor keys, Tensor values, AttentionBias bias)
    {
        var ranges = new AttentionRange[batch.Segments.Count];
        var rows = new List<int>();
        for (var i = 0; i < ranges.Length; i++)
        {
            var s = batch.Segments[i];
            if (s.Past != keys.Rows)
                throw new InvalidOperationException($"a segment stands behind {s.Past} positions, but the intervention brings {keys.Rows} keys");
            ranges[i] = new AttentionRange(s.Start, s.Length, rows.Count, keys.Rows + s.Length);
            rows.AddRange(Enumerable.Range(0, keys.Rows));
            rows.AddRange(Enumerable.Range(keys.Rows + s.Start, s.Length));
        }
        var order = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows);
        return graph.Attention(q, graph.GatherRows(graph.ConcatRows(keys, k), order), graph.GatherRows(graph.ConcatRows(values, v), order), shape, ranges, bias);
    }
}
