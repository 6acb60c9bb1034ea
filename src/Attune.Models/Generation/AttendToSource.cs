using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Generation;

/// <summary>The attention of a decoder to what an encoder read, over keys and values that were remembered.</summary>
internal static unsafe class AttendToSourceExtension
{
    /// <summary>Each segment's queries over all that stands in its cache's source.</summary>
    public static Tensor AttendToSource(this Graph graph, Tensor q, AttentionShape shape, TokenBatch batch, int layer)
    {
        var segments = (AttentionSegment*)graph.Arena.Take((long)batch.Segments.Count * sizeof(AttentionSegment));
        for (var i = 0; i < batch.Segments.Count; i++)
        {
            var s = batch.Segments[i];
            var source = s.Cache?.Source ?? throw new InvalidOperationException("a decoder was given neither encoded states nor a cache with a source");
            segments[i] = Segment(graph, source, shape, layer) with { QueryStart = s.Start, QueryCount = s.Length, Past = source.Length - s.Length };
        }
        return graph.CachedAttention(q, shape, new ReadOnlySpan<AttentionSegment>(segments, batch.Segments.Count));
    }

    /// <summary>Writes keys and values of a layer into caches: the rows of each part into that of its number.</summary>
    public static void Remember(this Graph graph, Tensor k, Tensor v, AttentionShape shape, IReadOnlyList<(int Start, int Length)> parts, IReadOnlyList<CachedSequence> caches, int layer)
    {
        var segments = (AttentionSegment*)graph.Arena.Take((long)caches.Count * sizeof(AttentionSegment));
        for (var i = 0; i < caches.Count; i++)
            segments[i] = Segment(graph, caches[i], shape, layer) with { QueryStart = parts[i].Start, QueryCount = parts[i].Length };
        AttentionTile.Append(shape, new ReadOnlySpan<AttentionSegment>(segments, caches.Count), k, v);
    }

    private static AttentionSegment Segment(Graph graph, CachedSequence cache, AttentionShape shape, int layer)
    {
        var pages = ((PagedSequence)cache).Pages;
        var pointers = (float**)graph.Arena.Take((long)pages.Count * sizeof(float*));
        for (var p = 0; p < pages.Count; p++)
            pointers[p] = pages[p].Data;
        return new AttentionSegment { Pages = pointers, Offset = (long)layer * shape.PageFloats };
    }
}
