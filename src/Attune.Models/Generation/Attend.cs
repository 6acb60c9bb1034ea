using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

internal static unsafe class AttendExtension
{
    /// <summary>
    /// Attention of a batch in one layer: over each segment's cache, to which its keys and values are added, or over the segment alone where
    /// it has none.
    /// </summary>
    public static Tensor Attend(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, TokenBatch batch, int layer)
    {
        if (batch.Segments.Count == 0 || batch.Segments[0].Cache is null)
            return graph.Attention(q, k, v, shape, batch.Ranges());
        var segments = (AttentionSegment*)graph.Arena.Take((long)batch.Segments.Count * sizeof(AttentionSegment));
        for (var i = 0; i < batch.Segments.Count; i++)
        {
            var s = batch.Segments[i];
            var pages = s.Cache!.Pages;
            var pointers = (float**)graph.Arena.Take((long)pages.Count * sizeof(float*));
            for (var p = 0; p < pages.Count; p++)
                pointers[p] = pages[p].Data;
            segments[i] = new AttentionSegment { QueryStart = s.Start, QueryCount = s.Length, Past = s.Past, Pages = pointers, Offset = (long)layer * shape.PageFloats };
        }
        return graph.CachedAttention(q, k, v, shape, new ReadOnlySpan<AttentionSegment>(segments, batch.Segments.Count));
    }
}
