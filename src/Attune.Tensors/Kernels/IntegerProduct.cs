using System.Runtime.CompilerServices;
using Attune.Tensors.MachineCode;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// y = x·Wᵀ with Q4_0, Q4_1 or Q8_0 weights and activations as bytes by blocks of 32 (<see cref="ByteActivations"/>: scale s, codes p).
/// An output is, over blocks in ascending order, acc = fma(float(Σ (q − Zero)·p), d·s, acc) and, with a minimum,
/// acc = fma(m, s·Σp, acc); then the same over its fine blocks, in ascending order. The sums within a block are exact integers; so an output's bits depend neither on the rows beside it
/// nor on threads, vector width or instructions.
/// </summary>
internal static unsafe class IntegerProduct
{
    private const int Lanes = WeightMatrix.Lanes;

    /// <summary>
    /// The product as a part of a <see cref="FrozenProduct"/>: <paramref name="bytes"/> are the rows as <see cref="ByteActivations"/> makes them for
    /// <see cref="Zero"/> of the format, y [rows, w.Rows].
    /// </summary>
    public static ProductPart Part(byte* bytes, int rows, QuantisedMatrix w, float* y, Arena memory, IntegerTier tier)
    {
        var job = (Job*)memory.Take(sizeof(Job));
        // About four items for each thread, of whole groups of panels.
        var group = tier != IntegerTier.MachineCode ? 1 : rows == 1 ? ByteTileCode.RowPanels : ByteTileCode.Panels;
        var panels = Math.Clamp(w.Panels / (4 * ThreadTeam.Threads), 1, rows == 1 ? 64 : 8);
        *job = new Job { Rows = rows, X = bytes, RowBytes = ByteActivations.RowBytes(w.Columns), Y = y, PanelsPerItem = (panels + group - 1) / group * group };
        job->FineOffset = ByteActivations.FineOffset(rows, w.Columns);
        job->Fine = (ushort*)(bytes + ByteActivations.ListsOffset(rows, w.Columns));
        return new ProductPart
        {
            Kernel = tier == IntegerTier.MachineCode ? &MachineItem : Kernel(w.Format, tier),
            Job = job,
            Items = (w.Panels + job->PanelsPerItem - 1) / job->PanelsPerItem,
        };
    }

    /// <summary>The code that stands for 0, or −1 for a format with a minimum.</summary>
    public static int Zero(WeightFormat format) => format switch
    {
        WeightFormat.Q8_0 => 128,
        WeightFormat.Q4_0 => 8,
        _ => -1,
    };

    private static delegate*<object?, void*, int, int, void> Kernel(WeightFormat format, IntegerTier tier) => format switch
    {
        WeightFormat.Q8_0 => Kernel<CodesQ8Zero>(tier),
        WeightFormat.Q4_0 => Kernel<CodesQ4Zero>(tier),
        _ => Kernel<CodesQ4One>(tier),
    };

    private static delegate*<object?, void*, int, int, void> Kernel<F>(IntegerTier tier)
        where F : struct, IBlockCodes
        => tier switch
        {
            IntegerTier.Avx512 => &Item<F, Simd512, ByteProducts512, V512, I512>,
            IntegerTier.AvxVnni => &Item<F, Simd256, ByteProductsVnni, V256, I256>,
            IntegerTier.Avx2 => &Item<F, Simd256, ByteProducts256, V256, I256>,
            IntegerTier.Vector128 => &Item<F, Simd128, ByteProducts128, V128, I128>,
            _ => &Item<F, SimdScalar, ByteProductsScalar, float, int>,
        };

    private struct Job
    {
        public int Rows, PanelsPerItem;
        public long RowBytes, FineOffset;
        public byte* X;
        public ushort* Fine;
        public float* Y;
    }

    private static void Item<F, S, D, V, I>(object? state, void* context, int item, int worker)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var w = Unsafe.As<QuantisedMatrix>(state!);
        var blocks = w.Columns / QuantisedMatrix.BlockLength;
        var scratch = (float*)ThreadTeam.Scratch(worker, (long)blocks * 2 * Lanes * sizeof(float));
        var end = Math.Min(w.Panels, (item + 1) * job.PanelsPerItem);
        for (var panel = item * job.PanelsPerItem; panel < end; panel++)
        {
            ReadScales<F, S, V, I>(w.PanelData(panel), blocks, w.BlockBytesInPanel, scratch);
            Panel<F, S, D, V, I>(ref job, w, panel, blocks, scratch);
        }
    }

    private static void MachineItem(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var w = Unsafe.As<QuantisedMatrix>(state!);
        var end = Math.Min(w.Panels, (item + 1) * job.PanelsPerItem);
        var most = job.Rows == 1 ? ByteTileCode.RowPanels : ByteTileCode.Panels;
        for (var panel = item * job.PanelsPerItem; panel < end; panel += most)
            MachinePanels(ref job, w, panel, Math.Min(most, end - panel));
    }

    private static void MachinePanels(ref Job job, QuantisedMatrix w, int panel, int panels)
    {
        var columns = Math.Min(panels * Lanes, w.Rows - panel * Lanes);
        var whole = columns == panels * Lanes;
        var edge = stackalloc float[whole ? 1 : ByteTileCode.MostSums * Lanes];
        for (var row = 0; row < job.Rows;)
        {
            var rows = Math.Min(ByteTileCode.TallestTile, job.Rows - row);
            var y = job.Y + (long)row * w.Rows + panel * Lanes;
            var tile = new ByteTileArguments
            {
                Panel = w.PanelData(panel),
                PanelStride = w.BytesPerPanel,
                Blocks = w.Columns / QuantisedMatrix.BlockLength,
                X = job.X + row * job.RowBytes,
                RowBytes = job.RowBytes,
                FineOffset = job.FineOffset,
                FineBlocks = *Fine(ref job, w, row),
                FineIndices = Fine(ref job, w, row) + 1,
                Y = whole ? y : edge,
                OutputRowBytes = (whole ? w.Rows : panels * Lanes) * sizeof(float),
            };
            ByteTileCode.Get(w.Format, rows, panels)(&tile);
            if (!whole)
                for (var r = 0; r < rows; r++)
                    new Span<float>(edge + r * panels * Lanes, columns).CopyTo(new Span<float>(y + (long)r * w.Rows, columns));
            row += rows;
        }
    }

    /// <summary>The list of fine blocks of the group that <paramref name="row"/> is in: their number, then which.</summary>
    private static ushort* Fine(ref Job job, QuantisedMatrix w, int row) =>
        job.Fine + row / ByteActivations.GroupRows * ByteActivations.ListLength(w.Columns);

    /// <summary>Scales (and minima) of a panel to float32: [blocks][d of 16 rows] or [blocks][d of 16 rows, m of 16 rows].</summary>
    private static void ReadScales<F, S, V, I>(byte* block, int blocks, int blockBytes, float* to)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var count = F.HasMinimum ? 2 * Lanes : Lanes;
        for (var b = 0; b < blocks; b++, block += blockBytes, to += count)
            for (var i = 0; i < count; i += S.Width)
                S.Store(HalfPrecision.Load<S, V, I>((ushort*)block + i), to + i);
    }

    private static void Panel<F, S, D, V, I>(ref Job job, QuantisedMatrix w, int panel, int blocks, float* d)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        var width = Math.Min(Lanes, w.Rows - panel * Lanes);
        var edge = stackalloc float[width == Lanes ? 1 : 3 * Lanes];
        for (var row = 0; row < job.Rows;)
        {
            // Tiles lie within a group.
            var rows = job.Rows - row >= 3 && row % 3 == 0 ? 3 : 1;
            var y = job.Y + (long)row * w.Rows + panel * Lanes;
            var tile = new IntegerTile
            {
                Blocks = blocks,
                BlockBytes = w.BlockBytesInPanel,
                X = job.X + row * job.RowBytes,
                RowBytes = job.RowBytes,
                FineOffset = job.FineOffset,
                FineBlocks = *Fine(ref job, w, row),
                FineIndices = Fine(ref job, w, row) + 1,
                Y = width == Lanes ? y : edge,
                Ldy = width == Lanes ? w.Rows : Lanes,
            };
            for (var lane = 0; lane < Lanes; lane += S.Width)
            {
                tile.Codes = w.PanelData(panel) + w.CodesOffset + lane * 4;
                tile.D = d + lane;
                Run<F, S, D, V, I>(rows, in tile);
                tile.Y += S.Width;
            }
            if (width < Lanes)
                for (var r = 0; r < rows; r++)
                    new Span<float>(edge + r * Lanes, width).CopyTo(new Span<float>(y + (long)r * w.Rows, width));
            row += rows;
        }
    }

    private static void Run<F, S, D, V, I>(int rows, in IntegerTile tile)
        where F : struct, IBlockCodes
        where S : struct, ISimd<V, I>
        where D : struct, IByteProducts<I>
        where V : struct
        where I : struct
    {
        if (rows == 3)
            IntegerTiles.Rows3<F, S, D, V, I>(in tile);
        else
            IntegerTiles.Row1<F, S, D, V, I>(in tile);
    }
}
