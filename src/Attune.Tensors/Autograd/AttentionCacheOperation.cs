using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class AttentionCacheOperation
{
    /// <summary>
    /// Attention over a cache, without gradients: writes the rows of k and v into the segments' pages from position Past on, then lets
    /// the rows of q attend to all positions of their segment. The segments cover the rows of q.
    /// A row's result is the same, bit for bit, whether the keys before it were computed with it or earlier.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or an input wants a gradient.</exception>
    public static Tensor CachedAttention(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, AttentionBias bias = default)
    {
        AttentionOperation.Check(q, k, v, shape);
        if (graph.Wants(q, k, v) || graph.Wants(bias.Values))
            throw new ArgumentException("CachedAttention: an input wants a gradient, which does not pass through a cache; use Attention");
        CheckSegments(q, segments);
        if (k.Rows != q.Rows)
            throw new ArgumentException($"CachedAttention: the segments hold {q.Rows} rows but k is {k}");
        using var _ = Profile.Measure(WorkOf.CachedAttention(shape, segments));
        AttentionTile.Append(shape, segments, k, v);
        return Read(graph, q, shape, segments, bias);
    }

    /// <summary>
    /// The rows of q attend to what stands in their segments' pages, and write nothing there: a decoder over the keys and values of an encoder, which
    /// <see cref="AttentionTile.Append"/> wrote once. A segment over n keys has Past = n − QueryCount, which may be negative. The segments cover the rows of q.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or q wants a gradient.</exception>
    public static Tensor CachedAttention(this Graph graph, Tensor q, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, AttentionBias bias = default)
    {
        shape.Check();
        Shapes.Columns("CachedAttention", "q", q.Columns, shape.QueryColumns);
        if (graph.Wants(q, bias.Values))
            throw new ArgumentException("CachedAttention: an input wants a gradient, which does not pass through a cache; use Attention");
        CheckReadSegments(q, shape, segments);
        using var _ = Profile.Measure(WorkOf.CachedAttention(shape, segments));
        return Read(graph, q, shape, segments, bias);
    }

    private static Tensor Read(Graph graph, Tensor q, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, AttentionBias bias)
    {
        var y = graph.Arena.Matrix(q.Rows, q.Columns);
        Kernels.Attention.Forward(shape, bias.IsEmpty ? segments : Biased(graph.Arena, q, shape, segments, bias), q.Data, y.Data);
        return y;
    }

    private static ReadOnlySpan<AttentionSegment> Biased(Arena arena, Tensor q, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, AttentionBias bias)
    {
        bias.Check(shape, q.Rows);
        var copies = new Span<AttentionSegment>(arena.Take((long)segments.Length * sizeof(AttentionSegment)), segments.Length);
        segments.CopyTo(copies);
        foreach (ref var segment in copies)
        {
            bias.Check(shape, segment);
            segment.Bias = bias.Rows(segment);
        }
        return copies;
    }

    private static void CheckSegments(Tensor q, ReadOnlySpan<AttentionSegment> segments)
    {
        var rows = 0;
        foreach (ref readonly var segment in segments)
        {
            if (segment.QueryStart != rows || segment.QueryCount < 0 || segment.Past < 0)
                throw new ArgumentException($"CachedAttention: a segment begins at row {segment.QueryStart} with {segment.QueryCount} rows behind {segment.Past} positions; row {rows} was expected, and no negative number");
            rows += segment.QueryCount;
        }
        if (rows != q.Rows)
            throw new ArgumentException($"CachedAttention: the segments hold {rows} rows but q is {q}");
    }

    private static void CheckReadSegments(Tensor q, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments)
    {
        var rows = 0;
        foreach (ref readonly var segment in segments)
        {
            if (segment.QueryStart != rows || segment.QueryCount < 0 || segment.Keys < 1)
                throw new ArgumentException($"CachedAttention: a segment begins at row {segment.QueryStart} with {segment.QueryCount} rows over {segment.Keys} keys; row {rows} was expected, and at least one key");
            if ((shape.Causal || shape.Window > 0) && segment.Past < 0)
                throw new ArgumentException($"CachedAttention: {segment.QueryCount} queries over {segment.Keys} keys; under a causal mask or a window the first would see nothing");
            rows += segment.QueryCount;
        }
        if (rows != q.Rows)
            throw new ArgumentException($"CachedAttention: the segments hold {rows} rows but q is {q}");
    }
}
