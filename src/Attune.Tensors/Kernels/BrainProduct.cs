using System.Runtime.CompilerServices;
using Attune.Tensors.MachineCode;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Products of matrices rounded to bfloat16 with float32 sums, by vdpbf16ps: an output is one chain over ascending pairs of k, each pair added
/// to it by the instruction. So an output's bits depend neither on the rows beside it nor on threads; they differ from those of a float32
/// chain over the same rounded numbers by rounding only: at most K·2⁻²³·Σ|a·b|, by random signs far less (and numbers below 2⁻¹²⁶ count as 0).
/// </summary>
internal static unsafe class BrainProduct
{
    private const int Lanes = WeightMatrix.Lanes;

    /// <summary>Values of k of a converted panel that are held at a time.</summary>
    private const int BlockLength = 2048;

    /// <summary>Bytes of the left matrix from which on an item has several groups of panels, with the rows in blocks, as in <see cref="MatrixProduct"/>.</summary>
    private const long LargeBytes = 512 << 10;

    private const int RowBlock = 96;

    /// <summary>Whether this processor and this system have the instruction; all else here needs it.</summary>
    public static bool IsSupported => MachineTier.HasBrainProducts;

    /// <summary>The product y = x·Wᵀ with a BF16 matrix as a part of a <see cref="FrozenProduct"/>; x as <see cref="BrainPairs"/> makes it, y [rows, w.Rows].</summary>
    public static ProductPart Part(byte* pairs, int rows, Float16Matrix w, float* y, Arena memory)
    {
        var job = (Job*)memory.Take(sizeof(Job));
        var group = rows == 1 ? BrainTileCode.RowPanels : BrainTileCode.Panels;
        var panels = Math.Max(group, Math.Clamp(w.Panels / (4 * ThreadTeam.Threads), 1, rows == 1 ? 64 : 1) / group * group);
        *job = new Job { Rows = rows, Columns = w.Rows, K = w.Columns, Pairs = pairs, Y = y, Ldy = w.Rows, PanelsPerItem = panels };
        return new ProductPart { Kernel = &WeightItem, Job = job, Items = (w.Panels + panels - 1) / panels };
    }

    /// <summary>C = A·B, or C += A·B where <paramref name="accumulate"/>, as <see cref="MatrixProduct.Multiply"/>.</summary>
    public static void Multiply(int m, int n, int k, float* a, long rowStride, long columnStride, IPanelSource b, float* c, long ldc, bool accumulate, Arena memory)
    {
        if (m == 0 || n == 0)
            return;
        if (k == 0)
        {
            // Empty sums; the tiles count pairs down from at least one.
            for (var row = 0; row < m && !accumulate; row++)
                new Span<float>(c + row * ldc, n).Clear();
            return;
        }
        var pairs = memory.Take(m * BrainPairs.RowBytes(k));
        BrainPairs.Pack(a, m, k, rowStride, columnStride, pairs);
        var groups = (n + BrainTileCode.Panels * Lanes - 1) / (BrainTileCode.Panels * Lanes);
        var each = m * BrainPairs.RowBytes(k) < LargeBytes ? 1 : MatrixProduct.GroupsOf(groups);
        var job = new Job { Rows = m, Columns = n, K = k, Pairs = pairs, Y = c, Ldy = ldc, Accumulate = accumulate, PanelsPerItem = each * BrainTileCode.Panels };
        ThreadTeam.Run(&PanelItem, b, &job, (groups + each - 1) / each);
    }

    private struct Job
    {
        public int Rows, Columns, K, PanelsPerItem;
        public byte* Pairs;
        public float* Y;
        public long Ldy;
        public bool Accumulate;
    }

    private static void WeightItem(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var w = Unsafe.As<Float16Matrix>(state!);
        var group = job.Rows == 1 ? BrainTileCode.RowPanels : BrainTileCode.Panels;
        var end = Math.Min(w.Panels, (item + 1) * job.PanelsPerItem);
        for (var panel = item * job.PanelsPerItem; panel < end; panel += group)
            Tiles(ref job, 0, job.Rows, panel, Math.Min(group, end - panel), (uint*)w.PanelData(panel), w.BytesPerPanel, 0, job.K);
    }

    private static void PanelItem(object? state, void* context, int item, int worker)
    {
        const int Chunk = MatrixProduct.BlockLength;
        ref var job = ref *(Job*)context;
        var source = Unsafe.As<IPanelSource>(state!);
        var first = item * job.PanelsPerItem;
        var panels = Math.Min(job.PanelsPerItem, (job.Columns + Lanes - 1) / Lanes - first);
        var block = Math.Min(BlockLength, (job.K + 1) & ~1);
        var stride = block / 2 * Lanes;
        var floats = (float*)ThreadTeam.Scratch(worker, (Chunk * sizeof(float) * Lanes) + (panels * stride * sizeof(uint)));
        var pairs = (uint*)(floats + Chunk * Lanes);
        var rows = job.PanelsPerItem == BrainTileCode.Panels ? job.Rows : RowBlock;
        for (var start = 0; start < Math.Max(1, job.K); start += BlockLength)
        {
            var count = Math.Min(BlockLength, job.K - start);
            for (var p = 0; p < panels; p++)
                for (var k = 0; k < count; k += Chunk)
                {
                    var some = Math.Min(Chunk, count - k);
                    BrainPairs.PackPanel(source.Panel(first + p, start + k, some, floats), some, pairs + p * stride + k / 2 * Lanes);
                }
            for (var row = 0; row < job.Rows; row += rows)
                for (var p = 0; p < panels; p += BrainTileCode.Panels)
                    Tiles(ref job, row, Math.Min(job.Rows, row + rows), first + p, Math.Min(BrainTileCode.Panels, panels - p), pairs + p * stride, stride * sizeof(uint), start, count);
        }
    }

    /// <summary>Rows [row, end) with some panels, for <paramref name="count"/> values of k from <paramref name="start"/> on.</summary>
    private static void Tiles(ref Job job, int row, int end, int panel, int panels, uint* weights, long panelStride, int start, int count)
    {
        var columns = Math.Min(panels * Lanes, job.Columns - panel * Lanes);
        var whole = columns == panels * Lanes;
        var edge = stackalloc float[whole ? 1 : BrainTileCode.TallestTile * BrainTileCode.RowPanels * Lanes];
        var accumulate = job.Accumulate || start > 0;
        var rowBytes = BrainPairs.RowBytes(job.K);
        while (row < end)
        {
            var rows = Math.Min(BrainTileCode.TallestTile, end - row);
            var y = job.Y + row * job.Ldy + panel * Lanes;
            var tile = new BrainTileArguments
            {
                Panel = weights,
                PanelStride = panelStride,
                Pairs = (count + 1) / 2,
                X = job.Pairs + row * rowBytes + start * sizeof(ushort),
                RowBytes = rowBytes,
                Y = whole ? y : edge,
                OutputRowBytes = (whole ? job.Ldy : panels * Lanes) * sizeof(float),
                Accumulate = accumulate ? 1 : 0,
            };
            if (!whole && accumulate)
                Copy(y, job.Ldy, edge, panels * Lanes, rows, columns);
            BrainTileCode.Get(rows, panels)(&tile);
            if (!whole)
                Copy(edge, panels * Lanes, y, job.Ldy, rows, columns);
            row += rows;
        }
    }

    private static void Copy(float* from, long fromStride, float* to, long toStride, int rows, int columns)
    {
        for (var r = 0; r < rows; r++)
            new Span<float>(from + r * fromStride, columns).CopyTo(new Span<float>(to + r * toStride, columns));
    }
}
