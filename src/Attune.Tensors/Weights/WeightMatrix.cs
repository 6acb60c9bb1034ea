using System.Buffers;
using Attune.Tensors.Kernels;

namespace Attune.Tensors.Weights;

/// <summary>
/// A frozen matrix W [Rows, Columns] in its stored format, rearranged once at load so that 16 rows stand side by side: products
/// unpack a panel of it into the first-level cache and never hold a float32 copy of the whole. The stored numbers are
/// exactly those of the file; unpacked they equal its dequantised float32 values bit for bit.
/// </summary>
public abstract unsafe class WeightMatrix : IDisposable
{
    /// <summary>Rows that stand side by side.</summary>
    internal const int Lanes = MatrixProduct.PanelWidth;

    private readonly NativeBuffer storage;

    private protected WeightMatrix(WeightFormat format, int rows, int columns, long bytesPerPanel)
    {
        (Format, Rows, Columns) = (format, rows, columns);
        Panels = (rows + Lanes - 1) / Lanes;
        BytesPerPanel = bytesPerPanel;
        storage = new NativeBuffer(Panels * bytesPerPanel);
        Alone = [this];
        Forward = new ForwardPanels(this);
        Transposed = new TransposedPanels(this);
    }

    public WeightFormat Format { get; }

    /// <summary>Outputs of x·Wᵀ.</summary>
    public int Rows { get; }

    /// <summary>Inputs of x·Wᵀ.</summary>
    public int Columns { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => storage.Bytes;

    /// <summary>Whether <see cref="Precision.Fast"/> has an integer or bfloat16 product for this format.</summary>
    public bool HasFastProduct => Format != WeightFormat.F32;

    /// <summary>In which numbers a precision lets products with it be computed.</summary>
    internal NumberKind Numbers(Precision precision) =>
        precision == Precision.Exact || !HasFastProduct ? NumberKind.Float32 : this is QuantisedMatrix ? NumberKind.Int8 : NumberKind.BFloat16;

    /// <summary>This matrix alone, as a group of products.</summary>
    internal WeightMatrix[] Alone { get; }

    /// <summary>
    /// Row and column of the first stored number that is NaN or infinite (of a block whose scale is: its first column); null: all are finite.
    /// </summary>
    public (int Row, int Column)? FirstNotFinite { get; private set; }

    internal int Panels { get; }

    internal long BytesPerPanel { get; }

    /// <summary>B[k,n] = W[n,k], for x·Wᵀ.</summary>
    internal IPanelSource Forward { get; }

    /// <summary>B[k,n] = W[k,n], for dY·W.</summary>
    internal IPanelSource Transposed { get; }

    /// <summary>
    /// A matrix from <paramref name="packed"/>: rows one after another, blocks as in GGUF (little endian).
    /// </summary>
    /// <exception cref="ArgumentException">The columns are no multiple of the format's block.</exception>
    public static WeightMatrix Create(WeightFormat format, int rows, int columns, ReadOnlySpan<byte> packed)
    {
        var need = PackedBytes(format, rows, columns);
        if (packed.Length != need)
            throw new ArgumentException($"a {format} matrix [{rows}, {columns}] needs {need} bytes, got {packed.Length}");
        fixed (byte* p = packed)
            return Create(format, rows, columns, p);
    }

    /// <summary>As above from memory of any length, above 2 GiB too, which holds all of the matrix.</summary>
    /// <inheritdoc cref="Create(WeightFormat, int, int, ReadOnlySpan{byte})" path="/exception"/>
    public static WeightMatrix Create(WeightFormat format, int rows, int columns, byte* packed)
    {
        var need = PackedBytes(format, rows, columns);
        return Load(new LoadWork(Empty(format, rows, columns), null), packed, need / Math.Max(1, rows));
    }

    /// <summary>A matrix whose rows are asked for one by one, so that it is never whole in another form.</summary>
    /// <inheritdoc cref="Create(WeightFormat, int, int, ReadOnlySpan{byte})" path="/exception"/>
    public static WeightMatrix Create(WeightFormat format, int rows, int columns, PackedRow read)
    {
        var need = PackedBytes(format, rows, columns);
        return Load(new LoadWork(Empty(format, rows, columns), read), null, need / Math.Max(1, rows));
    }

    /// <summary>A float32 matrix.</summary>
    public static WeightMatrix Create(int rows, int columns, ReadOnlySpan<float> values) =>
        Create(WeightFormat.F32, rows, columns, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));

    /// <summary>A float32 matrix whose numbers are undefined and whose memory nothing has touched: to learn a model's sizes, which costs no memory so.</summary>
    public static WeightMatrix Unset(int rows, int columns) => Empty(WeightFormat.F32, rows, columns);

    /// <summary>Bytes of one block (of one value, for the float formats).</summary>
    public static int BlockBytes(WeightFormat format) => format switch
    {
        WeightFormat.F32 => 4,
        WeightFormat.F16 or WeightFormat.BF16 => 2,
        WeightFormat.Q8_0 => 34,
        WeightFormat.Q4_0 => 18,
        _ => 20,
    };

    /// <summary>The float32 values of a row.</summary>
    public void ReadRow(int row, Span<float> destination)
    {
        if ((uint)row >= (uint)Rows || destination.Length != Columns)
            throw new ArgumentException($"ReadRow: row {row} into {destination.Length} values of a matrix [{Rows}, {Columns}]");
        var scratch = stackalloc float[16 * Lanes];
        for (var k = 0; k < Columns; k += 16)
        {
            var count = Math.Min(16, Columns - k);
            var p = Unpack(row / Lanes, k, count, scratch);
            for (var i = 0; i < count; i++)
                destination[k + i] = p[i * Lanes + row % Lanes];
        }
    }

    /// <summary>The float32 values of <paramref name="rows"/>, one row of <paramref name="destination"/> each.</summary>
    public void ReadRows(ReadOnlySpan<int> rows, Tensor destination)
    {
        if (destination.Rows != rows.Length)
            throw new ArgumentException($"ReadRows: {rows.Length} rows into {destination}");
        fixed (int* p = rows)
        {
            var job = new ReadJob { Rows = p, To = destination };
            ThreadTeam.Run(&ReadBlock, this, &job, (rows.Length + ReadJob.Block - 1) / ReadJob.Block);
        }
    }

    /// <summary>Whether both hold the same numbers.</summary>
    public bool ValuesEqual(WeightMatrix other)
    {
        if (Rows != other.Rows || Columns != other.Columns)
            return false;
        var (mine, theirs) = (new float[Columns], new float[Columns]);
        for (var row = 0; row < Rows; row++)
        {
            ReadRow(row, mine);
            other.ReadRow(row, theirs);
            if (!mine.AsSpan().SequenceEqual(theirs))
                return false;
        }
        return true;
    }

    public void Dispose() => storage.Dispose();

    internal byte* PanelData(int panel) => storage.Pointer + panel * BytesPerPanel;

    /// <summary>
    /// The float32 values of columns [start, start + count) of a panel's 16 rows, as [count][16]: in scratch, or where they lie.
    /// start is a multiple of 16.
    /// </summary>
    internal abstract float* Unpack(int panel, int start, int count, float* scratch);

    /// <summary>Rearranges one row of the file into its panel.</summary>
    private protected abstract void LoadRow(byte* panel, int lane, byte* packed);

    private static long PackedBytes(WeightFormat format, int rows, int columns)
    {
        var block = format is WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16 ? 1 : 32;
        if (columns % block != 0)
            throw new ArgumentException($"a {format} matrix of {columns} columns: rows must be whole blocks of {block}");
        return (long)rows * columns / block * BlockBytes(format);
    }

    private static WeightMatrix Empty(WeightFormat format, int rows, int columns) => format switch
    {
        WeightFormat.F32 => new Float32Matrix(rows, columns),
        WeightFormat.F16 or WeightFormat.BF16 => new Float16Matrix(format, rows, columns),
        _ => new QuantisedMatrix(format, rows, columns),
    };

    private static WeightMatrix Load(LoadWork work, byte* packed, long rowBytes)
    {
        var job = new LoadJob { Packed = packed, RowBytes = rowBytes, FirstNotFinite = long.MaxValue };
        try
        {
            ThreadTeam.Run(&LoadPanel, work, &job, work.Matrix.Panels);
        }
        catch
        {
            work.Matrix.Dispose();
            throw;
        }
        if (job.FirstNotFinite is var at and < long.MaxValue)
            work.Matrix.FirstNotFinite = ((int)(at / work.Matrix.Columns), (int)(at % work.Matrix.Columns));
        return work.Matrix;
    }

    /// <summary>Fills a panel, on the thread that so touches its memory first, and looks at each row's numbers while they are near.</summary>
    private static void LoadPanel(object? state, void* context, int item, int worker)
    {
        var (matrix, read) = (LoadWork)state!;
        ref var job = ref *(LoadJob*)context;
        var panel = matrix.PanelData(item);
        // Missing rows, and columns that fill up a group, count as zeros.
        new Span<byte>(panel, checked((int)matrix.BytesPerPanel)).Clear();
        var scratch = read is null ? [] : ArrayPool<byte>.Shared.Rent((int)job.RowBytes);
        fixed (byte* own = scratch)
        {
            for (var lane = 0; lane < Lanes && item * Lanes + lane < matrix.Rows; lane++)
            {
                var row = item * Lanes + lane;
                read?.Invoke(row, scratch.AsSpan(0, (int)job.RowBytes));
                var packed = read is null ? job.Packed + row * job.RowBytes : own;
                if (FiniteCheck.FirstNotFinite(matrix.Format, new ReadOnlySpan<byte>(packed, (int)job.RowBytes)) is var column and >= 0)
                    Lower(ref job.FirstNotFinite, (long)row * matrix.Columns + column);
                matrix.LoadRow(panel, lane, packed);
            }
        }
        if (read is not null)
            ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>The first place in the order of rows, whichever thread finds one first.</summary>
    private static void Lower(ref long place, long found)
    {
        for (var seen = Volatile.Read(ref place); found < seen; seen = Volatile.Read(ref place))
            if (Interlocked.CompareExchange(ref place, found, seen) == seen)
                break;
    }

    private static void ReadBlock(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(ReadJob*)context;
        for (var i = item * ReadJob.Block; i < Math.Min(job.To.Rows, (item + 1) * ReadJob.Block); i++)
            ((WeightMatrix)state!).ReadRow(job.Rows[i], job.To[i]);
    }

    private struct ReadJob
    {
        public const int Block = 16;
        public int* Rows;
        public Tensor To;
    }

    /// <param name="Read">Null where rows lie in memory.</param>
    private sealed record LoadWork(WeightMatrix Matrix, PackedRow? Read);

    private struct LoadJob
    {
        public byte* Packed;
        public long RowBytes;
        public long FirstNotFinite;
    }

    private sealed class ForwardPanels(WeightMatrix matrix) : IPanelSource
    {
        public float* Panel(int panel, int start, int count, float* scratch) => matrix.Unpack(panel, start, count, scratch);
    }

    private sealed class TransposedPanels(WeightMatrix matrix) : IPanelSource
    {
        public float* Panel(int panel, int start, int count, float* scratch)
        {
            var square = stackalloc float[Lanes * Lanes];
            var column = panel * Lanes;
            var columns = Math.Min(Lanes, matrix.Columns - column);
            for (var row = 0; row < count; row += Lanes)
            {
                // [columns][16 rows] → [16 rows][16 columns]
                var p = matrix.Unpack((start + row) / Lanes, column, columns, square);
                var to = scratch + row * Lanes;
                if (columns == Lanes && count - row >= Lanes)
                    Transposition.Square(p, Lanes, to, Lanes);
                else
                    for (var r = 0; r < Math.Min(Lanes, count - row); r++)
                        for (var c = 0; c < Lanes; c++)
                            to[r * Lanes + c] = c < columns ? p[c * Lanes + r] : 0;
            }
            return scratch;
        }
    }
}
