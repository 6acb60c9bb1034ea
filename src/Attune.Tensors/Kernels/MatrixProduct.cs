using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// C[m,n] (+)= Σ_k A[m,k]·B[k,n] in float32, over panels of 16 columns. Each output is one chain of fused multiply-adds over
/// ascending k, whatever the number of rows, threads, lanes or blocks: so a row's result does not depend on what is
/// computed beside it, and a matrix-vector product equals that row of a matrix-matrix product bit for bit.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Most values of k in a block: two panels of 256 × 16 floats (32 KiB) stay in the first-level cache.</summary>
    public const int BlockLength = 256;

    public const int PanelWidth = 16;

    /// <summary>Panels side by side in a tile.</summary>
    private const int Group = 2;

    /// <summary>Most groups in a work item, where the left matrix is large: it then comes from far away once for all of them.</summary>
    private const int MostGroups = 4;

    /// <summary>Bytes of the left matrix from which on an item has several groups.</summary>
    private const long LargeBytes = 512 << 10;

    /// <summary>Where there are fewer items than this, the rows are shared too, in blocks of whole tiles.</summary>
    private const int FewItems = 4;

    /// <summary>Rows that meet all groups of an item before the next: whole tiles, in the second-level cache.</summary>
    private const int RowBlock = 96;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> WeightKernel = KernelTier.Width switch
    {
        16 => &WeightItem<Simd512, V512, I512>,
        8 => &WeightItem<Simd256, V256, I256>,
        4 => &WeightItem<Simd128, V128, I128>,
        _ => &WeightItem<SimdScalar, float, int>,
    };

    /// <summary>C = A·B, or C += A·B where <paramref name="accumulate"/>.</summary>
    /// <param name="a">A[m,k] stands at a[m·rowStride + k·columnStride].</param>
    /// <param name="c">C[m,n] stands at c[m·ldc + n].</param>
    public static void Multiply(int m, int n, int k, float* a, long rowStride, long columnStride, IPanelSource b, float* c, long ldc, bool accumulate)
    {
        if (m == 0 || n == 0)
            return;
        var job = new Job { M = m, N = n, K = k, A = a, RowStride = rowStride, ColumnStride = columnStride, C = c, Ldc = ldc, Accumulate = accumulate };
        var items = job.Divide();
        if ((long)m * n * k < 20_000)
            for (var i = 0; i < items; i++)
                Kernel(b, &job, i, -1);
        else
            ThreadTeam.Run(Kernel, b, &job, items);
    }

    /// <summary>Groups in an item, so that the threads have equal work.</summary>
    public static int GroupsOf(int groups)
    {
        var (best, least) = (1, int.MaxValue);
        for (var each = MostGroups; each >= 1; each--)
        {
            var items = (groups + each - 1) / each;
            var longest = (items + ThreadTeam.Threads - 1) / ThreadTeam.Threads * each;
            if (longest < least)
                (best, least) = (each, longest);
        }
        return best;
    }

    /// <summary>y = x·Wᵀ as a part of a <see cref="FrozenProduct"/>.</summary>
    public static ProductPart Part(Tensor x, WeightMatrix weight, float* y, Arena memory)
    {
        var job = (Job*)memory.Take(sizeof(Job));
        *job = new Job { M = x.Rows, N = weight.Rows, K = x.Columns, A = x.Data, RowStride = x.Columns, ColumnStride = 1, C = y, Ldc = weight.Rows };
        return new ProductPart { Kernel = WeightKernel, Job = job, Items = job->Divide() };
    }

    private struct Job
    {
        public int M, N, K;

        /// <summary>Groups of panels in an item, and parts of the rows.</summary>
        public int Groups, RowBlocks;

        public float* A, C;
        public long RowStride, ColumnStride, Ldc;
        public bool Accumulate;

        /// <summary>Chooses the items; how many there are.</summary>
        public int Divide()
        {
            var groups = (N + Group * PanelWidth - 1) / (Group * PanelWidth);
            Groups = (long)M * K * sizeof(float) < LargeBytes ? 1 : GroupsOf(groups);
            RowBlocks = groups < FewItems ? (M + RowBlock - 1) / RowBlock : 1;
            return (groups + Groups - 1) / Groups * RowBlocks;
        }

        /// <summary>The job for the rows of an item.</summary>
        public readonly Job Rows(int item)
        {
            var job = this;
            if (job.RowBlocks == 1)
                return job;
            var first = item % RowBlocks * RowBlock;
            job.M = Math.Min(RowBlock, M - first);
            job.A += first * RowStride;
            job.C += first * Ldc;
            return job;
        }
    }

    private static void WeightItem<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Item<S, V, I>(Unsafe.As<WeightMatrix>(state!).Forward, context, item, worker);

    /// <summary>Some groups of panels of the output: every row of the item, block after block of k.</summary>
    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var job = ((Job*)context)->Rows(item);
        var source = Unsafe.As<IPanelSource>(state!);
        const int PanelFloats = BlockLength * PanelWidth;
        var scratch = (float*)ThreadTeam.Scratch(worker, job.Groups * Group * PanelFloats * sizeof(float));
        var panels = stackalloc float*[MostGroups * Group];
        var first = item / job.RowBlocks * job.Groups * Group;
        var count = Math.Min(job.Groups * Group, (job.N + PanelWidth - 1) / PanelWidth - first);
        // Blocks of equal length, whole sixteens.
        var blocks = (job.K + BlockLength - 1) / BlockLength;
        var most = blocks == 0 ? 0 : ((job.K + blocks - 1) / blocks + 15) & ~15;
        var start = 0;
        do
        {
            var length = Math.Min(most, job.K - start);
            for (var i = 0; i < count; i++)
                panels[i] = source.Panel(first + i, start, length, scratch + i * PanelFloats);
            var rows = job.Groups == 1 ? job.M : RowBlock;
            for (var row = 0; row < job.M; row += rows)
                for (var i = 0; i < count; i += Group)
                    Pair<S, V, I>(ref job, row, Math.Min(job.M, row + rows), start, length, panels[i], i + 1 < count ? panels[i + 1] : null, (first + i) * PanelWidth);
            start += length;
        }
        while (start < job.K);
    }

    /// <summary>Two panels, of which the second may be missing, for rows [<paramref name="row"/>, <paramref name="end"/>).</summary>
    private static void Pair<S, V, I>(ref Job job, int row, int end, int start, int length, float* p0, float* p1, int column)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var load = job.Accumulate || start > 0;
        if (S.Width == PanelWidth)
        {
            Columns<S, V, I>(ref job, row, end, start, length, p0, p1 is null ? p0 : p1, column, p1 is null ? -1 : column + PanelWidth, load);
            return;
        }
        for (var half = 0; half < PanelWidth; half += 2 * S.Width)
        {
            Narrow<S, V, I>(ref job, row, end, start, length, p0, column, half, load);
            if (p1 is not null)
                Narrow<S, V, I>(ref job, row, end, start, length, p1, column + PanelWidth, half, load);
        }
    }

    private static void Narrow<S, V, I>(ref Job job, int row, int end, int start, int count, float* panel, int column, int offset, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => Columns<S, V, I>(ref job, row, end, start, count, panel + offset, panel + offset + S.Width, column + offset, column + offset + S.Width, load);

    /// <summary>Two vectors of columns, at <paramref name="column0"/> and <paramref name="column1"/> (−1: there is no second), for some rows.</summary>
    private static void Columns<S, V, I>(ref Job job, int row, int end, int start, int count, float* b0, float* b1, int column0, int column1, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        if (column0 >= job.N)
            return;
        var a = job.A + start * job.ColumnStride;
        var whole = column1 >= 0 && column1 + S.Width <= job.N;
        // The tile's columns where they do not all exist in C: computed aside, then copied.
        var edge = stackalloc float[whole ? 1 : 12 * 2 * PanelWidth];
        while (row < end)
        {
            var rows = RowsOf(S.Width, end - row);
            var c0 = job.C + row * job.Ldc + column0;
            if (whole)
                Tile<S, V, I>(rows, count, a + row * job.RowStride, job.RowStride, job.ColumnStride, b0, b1, c0, job.C + row * job.Ldc + column1, job.Ldc, load);
            else
            {
                var n0 = Math.Min(S.Width, job.N - column0);
                var n1 = column1 < 0 ? 0 : Math.Clamp(job.N - column1, 0, S.Width);
                if (load)
                    CopyRows(rows, c0, job.Ldc, edge, n0, c0 + (column1 - column0), n1, S.Width, true);
                Tile<S, V, I>(rows, count, a + row * job.RowStride, job.RowStride, job.ColumnStride, b0, b1, edge, edge + S.Width, 2 * S.Width, load);
                CopyRows(rows, c0, job.Ldc, edge, n0, c0 + (column1 - column0), n1, S.Width, false);
            }
            row += rows;
        }
    }

    private static int RowsOf(int width, int left) =>
        left >= 12 && width == PanelWidth ? 12 : left >= 6 && width >= 8 ? 6 : left >= 4 ? 4 : 1;

    private static void Tile<S, V, I>(int rows, int k, float* a, long rs, long cs, float* b0, float* b1, float* c0, float* c1, long ldc, bool load)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        switch (rows)
        {
            case 12: MatrixProductTiles.Rows12<S, V, I>(k, a, rs, cs, b0, b1, c0, c1, ldc, load); break;
            case 6: MatrixProductTiles.Rows6<S, V, I>(k, a, rs, cs, b0, b1, c0, c1, ldc, load); break;
            case 4: MatrixProductTiles.Rows4<S, V, I>(k, a, rs, cs, b0, b1, c0, c1, ldc, load); break;
            default: MatrixProductTiles.Rows1<S, V, I>(k, a, rs, cs, b0, b1, c0, c1, ldc, load); break;
        }
    }

    private static void CopyRows(int rows, float* c0, long ldc, float* edge, int n0, float* c1, int n1, int width, bool toEdge)
    {
        for (var r = 0; r < rows; r++, c0 += ldc, c1 += ldc, edge += 2 * width)
        {
            for (var i = 0; i < n0; i++)
                if (toEdge) edge[i] = c0[i]; else c0[i] = edge[i];
            for (var i = 0; i < n1; i++)
                if (toEdge) edge[width + i] = c1[i]; else c1[i] = edge[width + i];
        }
    }
}
