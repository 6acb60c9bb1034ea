namespace Attune.Tensors.Kernels;

/// <summary>
/// softmax(q·Kᵀ·Scale)·V over keys and values in tiles, without the matrix of all scores: 12 rows at a time, in memory O(keys). A row's
/// result depends on its query, its position, and its keys and values only, bit for bit: a score is one chain of fused multiply-adds
/// over ascending d, the sum of exponentials runs by position modulo 16, an output is one chain over ascending keys.
/// </summary>
internal static unsafe class Attention
{
    /// <summary>Multiplications below which handing work out costs more than it saves.</summary>
    private const long Fork = 100_000;

    private static readonly Kernels Own = KernelTier.Width switch
    {
        16 => Of<Simd512, V512, I512>(),
        8 => Of<Simd256, V256, I256>(),
        4 => Of<Simd128, V128, I128>(),
        _ => Of<SimdScalar, float, int>(),
    };

    /// <summary>
    /// y[row, head] = Σ_j p_j v_j, p = softmax of the row's scores. q and y are [rows, Heads·HeadDim]. Where <paramref name="logSums"/>
    /// is given, [rows, Heads] receives log Σ_j exp(score_j).
    /// </summary>
    public static void Forward(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums = null) =>
        Forward(Own, shape, segments, q, y, logSums);

    /// <summary>The same by the kernel of a given width; tests compare them.</summary>
    public static void Forward<S, V, I>(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums = null)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Forward(Of<S, V, I>(), shape, segments, q, y, logSums);

    private static void Forward(in Kernels kernels, AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, float* q, float* y, float* logSums)
    {
        var starts = System.Buffers.ArrayPool<int>.Shared.Rent(segments.Length);
        fixed (AttentionSegment* pinned = segments)
        fixed (int* first = starts)
        {
            var job = new Job { Shape = shape, Segments = pinned, Starts = first, Count = segments.Length, Q = q, Y = y, LogSums = logSums };
            job.PerHead = AttentionItems.Count(shape, segments, first);
            var items = checked(job.PerHead * shape.KvHeads);
            var work = AttentionItems.Work(shape, segments);
            if (work < Fork)
                for (var i = 0; i < items; i++)
                    kernels.Item(null, &job, i, -1);
            else if (AttentionSplit.Fits(shape, segments, work))
                AttentionSplit.Run(kernels.Split, shape, segments[0], q, y, logSums);
            else
                ThreadTeam.Run(kernels.Item, null, &job, items);
        }
        System.Buffers.ArrayPool<int>.Shared.Return(starts);
    }

    private static Kernels Of<S, V, I>()
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => new() { Item = &Item<S, V, I>, Split = AttentionSplit.Of<S, V, I>() };

    private readonly struct Kernels
    {
        public delegate*<object?, void*, int, int, void> Item { get; init; }
        public AttentionSplit.Steps Split { get; init; }
    }

    private struct Job
    {
        public AttentionShape Shape;
        public AttentionSegment* Segments;
        public int* Starts;
        public int Count, PerHead;
        public float* Q, Y, LogSums;
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (head, local) = Math.DivRem(item, job.PerHead);
        var (index, from, to) = AttentionItems.Of(job.Shape, job.Segments, job.Starts, job.Count, local);
        ref readonly var segment = ref job.Segments[index];
        var space = (float*)ThreadTeam.Scratch(worker, sizeof(float) * AttentionForward.Floats(job.Shape, segment.Keys));
        var forward = new AttentionForward
        {
            Q = job.Q,
            Y = job.Y,
            LogSums = job.LogSums,
            Pages = segment.Pages,
            KeyOffset = segment.Offset + job.Shape.KeyOffset(head),
            ValueOffset = segment.Offset + job.Shape.ValueOffset(head),
        };
        for (var i = to - 1; i >= from; i--)
            forward.Block<S, V, I>(AttentionBlock.Of(job.Shape, segment, head, i, AttentionProduct.Rows), space);
    }
}
