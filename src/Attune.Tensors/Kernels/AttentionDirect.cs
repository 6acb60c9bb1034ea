using Attune.Tensors.Autograd;

namespace Attune.Tensors.Kernels;

/// <summary>
/// <see cref="Attention"/> without a cache: a work item is a range's kv head or all of them. It lays a head's keys and values out as tiles in a worker's
/// memory, and uses them while they are in the processor's cache. The same blocks, so the same bits.
/// </summary>
internal static unsafe class AttentionDirect
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    /// <summary>What one call needs; <see cref="LogSums"/> may be null.</summary>
    public struct Job
    {
        public AttentionShape Shape;
        public int Count;
        public AttentionRange* Ranges;
        public float* Q, K, V, Y, LogSums;
        public AttentionBias Bias;

        /// <summary>Heads in a work item.</summary>
        internal int Together;
    }

    /// <summary>Whether no item is so large that threads would wait for the one that has it.</summary>
    public static bool Fits(AttentionShape shape, ReadOnlySpan<AttentionRange> ranges)
    {
        var (total, largest) = (0L, 0L);
        foreach (var range in ranges)
        {
            var pairs = (long)range.QueryCount * range.KeyCount;
            total += pairs;
            largest = Math.Max(largest, pairs);
        }
        return ThreadTeam.Threads == 1 || largest * 4 * ThreadTeam.Threads <= total * shape.KvHeads;
    }

    public static void Run(Job job)
    {
        // All heads of a range in one item where there are ranges enough: its rows then come from memory once.
        job.Together = job.Count >= 8 * ThreadTeam.Threads ? job.Shape.KvHeads : 1;
        ThreadTeam.Run(Kernel, null, &job, job.Count * job.Shape.KvHeads / job.Together);
    }

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        for (var i = item * job.Together; i < (item + 1) * job.Together; i++)
            Head<S, V, I>(ref job, job.Ranges[i / job.Shape.KvHeads], i % job.Shape.KvHeads, worker);
    }

    /// <summary>Asks memory for the rows of the head that comes next: short pieces far apart, which the processor does not foresee.</summary>
    private static void Ask(in Job job, AttentionRange range, int head)
    {
        var shape = job.Shape;
        var queries = shape.Group * shape.HeadDim;
        for (var i = 0; i < range.QueryCount; i++)
            TileAhead.Ask(job.Q + (range.QueryStart + i) * (long)shape.QueryColumns + head * queries, queries);
        for (var j = 0; j < range.KeyCount; j++)
        {
            var at = (range.KeyStart + j) * (long)shape.KeyColumns + head * shape.HeadDim;
            TileAhead.Ask(job.K + at, shape.HeadDim);
            TileAhead.Ask(job.V + at, shape.HeadDim);
        }
    }

    private static void Head<S, V, I>(ref Job job, AttentionRange range, int head, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var segment = range.Segment;
        segment.Bias = job.Bias.Rows(segment);
        if (job.Together > 1 && head + 1 < job.Shape.KvHeads)
            Ask(job, range, head + 1);
        var dim = job.Shape.HeadDim;
        var (tiles, tileFloats) = (AttentionTile.Pages(range.KeyCount), 16 * (dim + job.Shape.PaddedDim));
        var blockFloats = AttentionForward.Floats(job.Shape, range.KeyCount);
        var space = (float*)ThreadTeam.Scratch(worker, sizeof(float) * (blockFloats + (long)tiles * tileFloats) + tiles * sizeof(float*));
        var memory = space + blockFloats;
        var pages = (float**)(memory + (long)tiles * tileFloats);
        var column = (long)range.KeyStart * job.Shape.KeyColumns + head * dim;
        for (var t = 0; t < tiles; t++, column += 16L * job.Shape.KeyColumns)
        {
            pages[t] = memory + (long)t * tileFloats;
            var count = Math.Min(16, range.KeyCount - t * 16);
            AttentionTranspose.Run(pages[t], 0, count, job.K + column, job.Shape.KeyColumns, dim);
            AttentionTile.Panels(pages[t] + 16 * dim, job.V + column, job.Shape.KeyColumns, count, dim);
        }
        var forward = new AttentionForward { Q = job.Q, Y = job.Y, LogSums = job.LogSums, Pages = pages, KeyOffset = 0, ValueOffset = 16 * dim };
        for (var i = AttentionItems.Blocks(job.Shape, segment) - 1; i >= 0; i--)
        {
            // Of several heads, the next one's rows have been asked for together.
            if (i > 0 && job.Together == 1)
                AttentionBlock.Of(job.Shape, segment, head, i - 1, AttentionProduct.Rows).Ask(job.Q);
            forward.Block<S, V, I>(AttentionBlock.Of(job.Shape, segment, head, i, AttentionProduct.Rows), space);
        }
    }
}
