namespace Attune.Tensors.Kernels;

/// <summary>
/// <see cref="Attention"/> of few rows over many keys, as in decoding: first the scores of a block by several workers, each some of its
/// tiles; then the outputs, each some of their dimensions. No sum is cut, so the bits are those of the whole block.
/// </summary>
internal static unsafe class AttentionSplit
{
    /// <summary>Multiplications below which two rounds cost more than they save.</summary>
    private const long Worth = 300_000;

    [ThreadStatic] private static NativeBuffer? strips;

    /// <summary>The two rounds and what is between them, for one width of vectors.</summary>
    public readonly struct Steps
    {
        public delegate*<object?, void*, int, int, void> Scores { get; init; }
        public delegate*<object?, void*, int, int, void> Softmax { get; init; }
        public delegate*<object?, void*, int, int, void> Outputs { get; init; }
    }

    public static Steps Of<S, V, I>()
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => new() { Scores = &Scores<S, V, I>, Softmax = &Softmax<S, V, I>, Outputs = &Outputs<S, V, I> };

    /// <summary>Whether the threads would have too few whole blocks.</summary>
    public static bool Fits(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, long work) =>
        segments.Length == 1 && ThreadTeam.Threads > 1 && work >= Worth && AttentionItems.Blocks(shape, segments[0]) * shape.KvHeads < 4 * ThreadTeam.Threads;

    public static void Run(in Steps steps, AttentionShape shape, in AttentionSegment segment, float* q, float* y, float* logSums)
    {
        var blocks = AttentionItems.Blocks(shape, segment) * shape.KvHeads;
        var (tiles, panels) = (AttentionTile.Pages(segment.Keys), shape.PaddedDim / 16);
        var wanted = (4 * ThreadTeam.Threads + blocks - 1) / blocks;
        var stripFloats = (tiles + 1) * AttentionProduct.Rows * 16;
        var job = new Job
        {
            Shape = shape, Segment = segment, Q = q, Y = y, LogSums = logSums, StripFloats = stripFloats,
            Strips = Space(sizeof(float) * (long)blocks * stripFloats),
            TileParts = Math.Clamp(wanted, 1, (tiles + 7) / 8), PanelParts = Math.Clamp(wanted, 1, (panels + 1) / 2),
        };
        ThreadTeam.Run(steps.Scores, null, &job, blocks * job.TileParts);
        for (var i = 0; i < blocks; i++)
            steps.Softmax(null, &job, i, -1);
        ThreadTeam.Run(steps.Outputs, null, &job, blocks * job.PanelParts);
    }

    /// <summary>The calling thread's memory for scores, which all workers of its call write.</summary>
    private static float* Space(long bytes)
    {
        if (strips is null || strips.Bytes < bytes)
            NativeBuffer.Renew(ref strips, 2 * bytes);
        return strips!.Floats;
    }

    private struct Job
    {
        public AttentionShape Shape;
        public AttentionSegment Segment;
        public float* Q, Y, LogSums;

        /// <summary>Of each block: the rows' sums (a tile's worth of room), then its scores.</summary>
        public float* Strips;
        public int StripFloats, TileParts, PanelParts;

        public readonly AttentionBlock Block(int index) =>
            AttentionBlock.Of(Shape, Segment, index % Shape.KvHeads, index / Shape.KvHeads, AttentionProduct.Rows);

        public readonly AttentionForward Forward(int kvHead) => new()
        {
            Q = Q,
            Y = Y,
            LogSums = LogSums,
            Far = true,
            Pages = Segment.Pages,
            KeyOffset = Segment.Offset + Shape.KeyOffset(kvHead),
            ValueOffset = Segment.Offset + Shape.ValueOffset(kvHead),
        };

        public readonly float* Sums(int block) => Strips + (long)block * StripFloats;

        public readonly float* Scores(int block) => Sums(block) + AttentionProduct.Rows * 16;
    }

    private static void Scores<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (index, part) = Math.DivRem(item, job.TileParts);
        var block = job.Block(index);
        // Whole fours of tiles, as the kernels take them.
        var each = ((block.EndTile - block.FirstTile + job.TileParts - 1) / job.TileParts + 3) & ~3;
        var from = block.FirstTile + part * each;
        var to = Math.Min(block.EndTile, from + each);
        if (from < to)
            job.Forward(block.KvHead).Scores<S, V, I>(block, from, to, Scratch(job.Shape, worker), job.Scores(index));
    }

    private static void Softmax<S, V, I>(object? state, void* context, int index, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var block = job.Block(index);
        job.Forward(block.KvHead).Softmax<S, V, I>(block, job.Scores(index), job.Sums(index));
    }

    private static void Outputs<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (index, part) = Math.DivRem(item, job.PanelParts);
        var panels = job.Shape.PaddedDim / 16;
        var (from, to) = (part * panels / job.PanelParts, (part + 1) * panels / job.PanelParts);
        var block = job.Block(index);
        job.Forward(block.KvHead).Outputs<S, V, I>(block, job.Scores(index), job.Sums(index), from, to, Scratch(job.Shape, worker));
    }

    private static float* Scratch(AttentionShape shape, int worker) =>
        (float*)ThreadTeam.Scratch(worker, sizeof(float) * (long)AttentionProduct.Rows * shape.PaddedDim);
}
