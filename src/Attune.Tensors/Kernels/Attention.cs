namespace Attune.Tensors.Kernels;

/// <summary>
/// softmax(q·Kᵀ·Scale)·V over keys and values in tiles, without the matrix of all scores: a few query rows at a time, in memory
/// O(keys). A row's result depends on its query, its position, and its keys and values only, bit for bit: a score is one chain of
/// fused multiply-adds over ascending d, the sum of exponentials runs by position modulo 16, an output is one chain over ascending keys.
/// </summary>
internal static unsafe class Attention
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    /// <summary>
    /// y[row, head] = Σ_j p_j v_j, p = softmax of the row's scores. q and y are [rows, Heads·HeadDim]. Where <paramref name="logSums"/>
    /// is given, [rows, Heads] receives log Σ_j exp(score_j).
    /// </summary>
    public static void Forward(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums = null) =>
        Forward(Kernel, shape, segments, q, y, logSums);

    /// <summary>The same by the kernel of a given width; tests compare them.</summary>
    public static void Forward<S, V, I>(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums = null)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Forward(&Item<S, V, I>, shape, segments, q, y, logSums);

    private static void Forward(delegate*<object?, void*, int, int, void> kernel, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums)
    {
        var starts = System.Buffers.ArrayPool<int>.Shared.Rent(segments.Length);
        fixed (AttentionSegment* pinned = segments)
        fixed (int* first = starts)
        {
            var job = new Job { Shape = shape, Segments = pinned, Starts = first, Count = segments.Length, Q = q, Y = y, LogSums = logSums };
            var items = AttentionItems.Count(shape, segments, first);
            ThreadTeam.Run(kernel, null, &job, items);
        }
        System.Buffers.ArrayPool<int>.Shared.Return(starts);
    }

    private struct Job
    {
        public AttentionShape Shape;
        public AttentionSegment* Segments;
        public int* Starts;
        public int Count;
        public float* Q, Y, LogSums;
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var block = AttentionItems.Block(job.Shape, job.Segments, job.Starts, job.Count, item, out var index);
        ref readonly var segment = ref job.Segments[index];
        var padded = AttentionProduct.Pad(block.Rows);
        var stride = Stride(block);
        var q = (float*)ThreadTeam.Scratch(worker, sizeof(float) * padded * ((long)job.Shape.HeadDim + job.Shape.PaddedDim + stride));
        var sums = q + padded * job.Shape.HeadDim;
        var scores = sums + padded * job.Shape.PaddedDim;
        block.Gather<S, V, I>(job.Q, job.Shape.Scale, q, padded);
        Scores<S, V, I>(block, segment, q, padded, scores, stride);
        new Span<float>(sums, padded * job.Shape.PaddedDim).Clear();
        var divisors = stackalloc float[block.Rows];
        for (var r = 0; r < block.Rows; r++)
            divisors[r] = Softmax<S, V, I>(ref job, block, r, scores + r * stride);
        Values<S, V, I>(block, segment, scores, stride, sums, padded);
        for (var r = 0; r < block.Rows; r++)
            AttentionSoftmax.Divide<S, V, I>(sums + r * job.Shape.PaddedDim, divisors[r], job.Y + block.Place(r), job.Shape.HeadDim);
    }

    /// <summary>Floats from a row of scores to the next; 16 more than needed, lest rows fall on the same cache lines.</summary>
    public static int Stride(in AttentionBlock block) => (block.EndTile - block.FirstTile + 1) * AttentionTile.Tokens;

    /// <summary>scores[r, key − 16·FirstTile] = q_r · k_key for all keys of the tiles that the block sees, masked ones too.</summary>
    public static void Scores<S, V, I>(in AttentionBlock block, in AttentionSegment segment, float* q, int padded, float* scores, int stride)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var dim = block.Shape.HeadDim;
        var offset = block.Shape.KeyOffset(block.KvHead);
        var to = scores;
        for (var t = block.FirstTile; t < block.EndTile; t += 2, to += 2 * AttentionTile.Tokens)
        {
            var both = t + 1 < block.EndTile;
            var k0 = segment.Page(t) + offset;
            var k1 = both ? segment.Page(t + 1) + offset : k0;
            AttentionProduct.Pair<S, V, I>(padded, dim, q, dim, 1, k0, k1, to, both ? to + AttentionTile.Tokens : to, stride, load: false);
        }
    }

    /// <summary>Caps and masks the row, and makes it exp(score − max). Returns the sum.</summary>
    private static float Softmax<S, V, I>(ref Job job, in AttentionBlock block, int r, float* row)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (low, high) = block.Shape.Visible(block.Position + r / block.Shape.Group, block.Keys);
        // The row's own tiles only, so that its sum does not depend on the others of the block.
        var skip = low / AttentionTile.Tokens * AttentionTile.Tokens;
        row += skip - block.FirstTile * AttentionTile.Tokens;
        var count = AttentionTile.Pages(high) * AttentionTile.Tokens - skip;
        if (block.Shape.SoftCap > 0)
            AttentionSoftmax.Cap<S, V, I>(row, count, block.Shape.SoftCap);
        AttentionSoftmax.Mask(row, count, low - skip, high - skip);
        var max = AttentionSoftmax.Max<S, V, I>(row, count);
        var sum = AttentionSoftmax.ExpSum<S, V, I>(row, count, max);
        if (job.LogSums != null)
            job.LogSums[block.HeadPlace(r)] = max + MathF.Log(sum);
        return sum;
    }

    /// <summary>sums[r] += Σ_key p[r, key]·v_key over the keys that row r sees, ascending.</summary>
    private static void Values<S, V, I>(in AttentionBlock block, in AttentionSegment segment, float* p, int stride, float* sums, int padded)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (firstLow, highOfFirst) = block.First;
        var (lowOfLast, lastHigh) = block.Last;
        for (var t = block.FirstTile; t < block.EndTile; t++)
        {
            var start = t * AttentionTile.Tokens;
            var end = start + AttentionTile.Tokens;
            var v = segment.Page(t) + block.Shape.ValueOffset(block.KvHead);
            var tile = p + (t - block.FirstTile) * AttentionTile.Tokens;
            // What all rows see goes together; what only some see, before and behind it, goes query by query:
            // a masked value may be anything, so it is not even multiplied by 0.
            var low = Math.Max(start, lowOfLast);
            var high = Math.Min(end, highOfFirst);
            if (low >= high)
                low = high = end;
            if (Math.Max(start, firstLow) < low)
                Edge<S, V, I>(block, start, start, low, tile, stride, v, sums);
            if (low < high)
                Keys<S, V, I>(block.Shape, padded, low - start, high - start, tile, stride, v, sums);
            if (high < Math.Min(end, lastHigh))
                Edge<S, V, I>(block, start, high, end, tile, stride, v, sums);
        }
    }

    /// <summary>The keys [from, to) of a tile for each query that sees them.</summary>
    private static void Edge<S, V, I>(in AttentionBlock block, int start, int from, int to, float* tile, int stride, float* v, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var group = block.Shape.Group;
        for (var i = 0; i < block.Queries; i++)
        {
            var (low, high) = block.Shape.Visible(block.Position + i, block.Keys);
            low = Math.Max(low, from);
            high = Math.Min(high, to);
            if (low < high)
                Keys<S, V, I>(block.Shape, group, low - start, high - start, tile + i * group * stride, stride, v, sums + i * group * block.Shape.PaddedDim);
        }
    }

    private static void Keys<S, V, I>(AttentionShape shape, int rows, int from, int to, float* tile, int stride, float* v, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => AttentionProduct.Run<S, V, I>(rows, to - from, tile + from, stride, 1, v + from * AttentionTile.Tokens, AttentionTile.Tokens * AttentionTile.Tokens, shape.PaddedDim / AttentionTile.Tokens, sums, shape.PaddedDim, load: true);
}
