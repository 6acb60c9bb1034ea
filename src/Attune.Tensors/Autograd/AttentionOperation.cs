using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class AttentionOperation
{
    /// <summary>
    /// y = softmax(q·kᵀ·Scale, masked)·v for each range and head: q and y [rows, Heads·HeadDim], k and v [rows, KvHeads·HeadDim].
    /// The ranges cover the rows of q. The scores of all pairs are never in memory at once. Backward: gradients of q, k, v and the bias, as wanted; a bias that
    /// carries a gradient stands in <see cref="Graph.Persistent"/> or is kept otherwise.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or ranges overlap or leave rows out.</exception>
    public static Tensor Attention(this Graph graph, Tensor q, Tensor k, Tensor v, AttentionShape shape, ReadOnlySpan<AttentionRange> ranges, AttentionBias bias = default)
    {
        Check(q, k, v, shape);
        CheckRanges(q, k, shape, ranges);
        bias.Check(shape, q.Rows);
        foreach (var range in ranges)
            bias.Check(shape, range.Segment);
        graph.AttentionObserver?.Invoke(shape, bias, q, k, ranges);
        using var _ = Profile.Measure(WorkOf.Attention(shape, ranges));
        var y = graph.Arena.Matrix(q.Rows, q.Columns);
        var record = graph.Wants(q, k, v) || graph.Wants(bias.Values);
        var logSums = record ? graph.Arena.Floats((long)q.Rows * shape.Heads) : null;
        if (AttentionDirect.Fits(shape, ranges))
            fixed (AttentionRange* pinned = ranges)
                AttentionDirect.Run(new AttentionDirect.Job { Shape = shape, Count = ranges.Length, Ranges = pinned, Q = q.Data, K = k.Data, V = v.Data, Y = y.Data, LogSums = logSums, Bias = bias });
        else
            Kernels.Attention.Forward(shape, Pages(graph.Arena, k, v, shape, ranges, bias), q.Data, y.Data, logSums);
        if (!record)
            return y;
        y = graph.Track(y);
        var kept = (AttentionRange*)graph.Arena.Take((long)ranges.Length * sizeof(AttentionRange));
        ranges.CopyTo(new Span<AttentionRange>(kept, ranges.Length));
        Keep(graph, q, k, v, y, logSums, kept);
        if (!bias.IsEmpty)
            graph.Keep(bias.Values);
        var node = graph.Record<Node>();
        (node.Q, node.K, node.V, node.Y, node.Shape) = (q, k, v, y, shape);
        node.Bias = bias;
        node.LogSums = logSums;
        node.Ranges = kept;
        node.Count = ranges.Length;
        return y;
    }

    internal static void Check(Tensor q, Tensor k, Tensor v, AttentionShape shape)
    {
        shape.Check();
        Shapes.Columns("Attention", "q", q.Columns, shape.QueryColumns);
        Shapes.Columns("Attention", "k", k.Columns, shape.KeyColumns);
        Shapes.Same("Attention (k, v)", k, v);
    }

    private static void CheckRanges(Tensor q, Tensor k, AttentionShape shape, ReadOnlySpan<AttentionRange> ranges)
    {
        var (rows, keys) = (0, 0);
        foreach (var range in ranges)
        {
            if (range.QueryStart != rows || range.QueryCount < 0 || range.KeyStart < keys || range.KeyCount < 1 || range.KeyStart > k.Rows - range.KeyCount)
                throw new ArgumentException($"Attention: {range} follows {rows} rows of queries and {keys} of {k.Rows} rows of keys; ranges must follow one another without overlap");
            if ((shape.Causal || shape.Window > 0) && range.QueryCount > range.KeyCount)
                throw new ArgumentException($"Attention: {range} has more queries than keys, so under a causal mask or a window its first queries see nothing");
            rows += range.QueryCount;
            keys = range.KeyStart + range.KeyCount;
        }
        if (rows != q.Rows)
            throw new ArgumentException($"Attention: the ranges hold {rows} queries but q has {q.Rows} rows");
    }

    /// <summary>Keys and values of the ranges as pages, one after another, in the graph's memory.</summary>
    private static ReadOnlySpan<AttentionSegment> Pages(Arena arena, Tensor k, Tensor v, AttentionShape shape, ReadOnlySpan<AttentionRange> ranges, AttentionBias bias)
    {
        var segments = new Span<AttentionSegment>(arena.Take((long)ranges.Length * sizeof(AttentionSegment)), ranges.Length);
        for (var i = 0; i < ranges.Length; i++)
        {
            var count = AttentionTile.Pages(ranges[i].KeyCount);
            var pages = (float**)arena.Take((long)count * sizeof(float*));
            var memory = arena.Floats((long)count * shape.PageFloats);
            for (var t = 0; t < count; t++)
                pages[t] = memory + (long)t * shape.PageFloats;
            // All keys are new here, also those before the first query.
            segments[i] = new AttentionSegment { QueryStart = ranges[i].KeyStart, QueryCount = ranges[i].KeyCount, Pages = pages };
        }
        AttentionTile.Append(shape, segments, k, v);
        for (var i = 0; i < ranges.Length; i++)
        {
            segments[i] = ranges[i].Segment with { Pages = segments[i].Pages };
            segments[i].Bias = bias.Rows(segments[i]);
        }
        return segments;
    }

    private static void Keep(Graph graph, Tensor q, Tensor k, Tensor v, Tensor y, float* logSums, AttentionRange* ranges)
    {
        graph.Keep(q);
        graph.Keep(k);
        graph.Keep(v);
        graph.Keep(y);
        graph.Keep(logSums);
        graph.Keep(ranges);
    }

    private sealed class Node : Operation
    {
        public Tensor Q, K, V, Y;
        public AttentionShape Shape;
        public AttentionBias Bias;
        public float* LogSums;
        public AttentionRange* Ranges;
        public int Count;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.AttentionBackward(Shape, new ReadOnlySpan<AttentionRange>(Ranges, Count));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            // The ranges cover the queries; keys may lie in none.
            var keys = 0;
            for (var i = 0; i < Count; i++)
                keys += Ranges[i].KeyCount;
            var every = keys == K.Rows;
            AttentionBackward.Run(new AttentionBackward.Job
            {
                Shape = Shape,
                Count = Count,
                Ranges = Ranges,
                Q = Q.Data,
                K = K.Data,
                V = V.Data,
                Y = Y.Data,
                LogSums = LogSums,
                GradientY = graph.Upstream(Y).Data,
                GradientQ = Wanted(graph, Q, true, out var writeQ),
                GradientK = Wanted(graph, K, every, out var writeK),
                GradientV = Wanted(graph, V, every, out var writeV),
                Bias = Bias,
                GradientBias = Bias.Values.Node == 0 ? null : graph.Gradient(Bias.Values).Data,
                WriteQ = writeQ,
                WriteK = writeK,
                WriteV = writeV,
            });
        }

        /// <summary>The gradient to be added to, or where it is the first and every row has one, written.</summary>
        private static float* Wanted(Graph graph, Tensor t, bool every, out bool write)
        {
            write = false;
            return t.Node == 0 ? null : (every ? graph.Gradient(t, out write) : graph.Gradient(t)).Data;
        }
    }
}
