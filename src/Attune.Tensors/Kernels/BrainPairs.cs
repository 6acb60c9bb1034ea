using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Matrices as bfloat16 in pairs of columns, the form that vdpbf16ps reads: a lane of 32 bits holds column 2i in its lower half and column 2i + 1
/// in its upper half; an odd last column is paired with 0. Rounded to nearest, ties to even; infinities and NaN stay. AVX-512 only.
/// </summary>
internal static unsafe class BrainPairs
{
    private const int RowsPerItem = 16;

    /// <summary>Bytes of a row.</summary>
    public static long RowBytes(int columns) => (columns + 1L) / 2 * sizeof(uint);

    /// <summary>A[r,c] at x[r·rowStride + c·columnStride] to rows of pairs; one of the strides is 1.</summary>
    public static void Pack(float* x, int rows, int columns, long rowStride, long columnStride, byte* to)
    {
        var job = new Job { X = x, Rows = rows, Columns = columns, RowStride = rowStride, ColumnStride = columnStride, To = to };
        delegate*<object?, void*, int, int, void> kernel = columnStride == 1 ? &Rows : &Columns;
        var items = (rows + RowsPerItem - 1) / RowsPerItem;
        if ((long)rows * columns < 32768)
            for (var i = 0; i < items; i++)
                kernel(null, &job, i, -1);
        else
            ThreadTeam.Run(kernel, null, &job, items);
    }

    /// <summary>A panel of float32, [count][16], to pairs [(count + 1) / 2][16].</summary>
    public static void PackPanel(float* panel, int count, uint* to)
    {
        var k = 0;
        for (; k + 2 <= count; k += 2, panel += 32, to += 16)
            Vector512.Store(Pair(Vector512.Load(panel), Vector512.Load(panel + 16)), to);
        if (k < count)
            Vector512.Store(Pair(Vector512.Load(panel), V512.Zero), to);
    }

    private struct Job
    {
        public float* X;
        public byte* To;
        public int Rows, Columns;
        public long RowStride, ColumnStride;
    }

    private static void Rows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var end = Math.Min(job.Rows, (item + 1) * RowsPerItem);
        for (var row = item * RowsPerItem; row < end; row++)
        {
            var x = job.X + row * job.RowStride;
            var to = (ushort*)(job.To + row * RowBytes(job.Columns));
            var c = 0;
            for (; c + 16 <= job.Columns; c += 16)
                Vector256.Store(Avx512F.ConvertToVector256UInt16(Upper(Vector512.Load(x + c))), to + c);
            for (; c < job.Columns; c++)
                to[c] = (ushort)Upper(Vector512.Create(x[c]))[0];
            if ((job.Columns & 1) == 1)
                to[c] = 0;
        }
    }

    /// <summary>Rows that lie as columns: 16 at a time.</summary>
    private static void Columns(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var first = item * RowsPerItem;
        var count = Math.Min(RowsPerItem, job.Rows - first);
        var stride = RowBytes(job.Columns) / sizeof(uint);
        var to = (uint*)job.To + first * stride;
        var pair = stackalloc uint[RowsPerItem];
        var edge = stackalloc float[2 * RowsPerItem];
        for (var c = 0; c < job.Columns; c += 2, to++)
        {
            var x = job.X + first + c * job.ColumnStride;
            var next = c + 1 < job.Columns ? x + job.ColumnStride : null;
            if (count == RowsPerItem)
                Vector512.Store(Pair(Vector512.Load(x), next is null ? V512.Zero : Vector512.Load(next)), pair);
            else
            {
                for (var i = 0; i < count; i++)
                    (edge[i], edge[RowsPerItem + i]) = (x[i], next is null ? 0 : next[i]);
                Vector512.Store(Pair(Vector512.Load(edge), Vector512.Load(edge + RowsPerItem)), pair);
            }
            for (var i = 0; i < count; i++)
                to[i * stride] = pair[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Pair(Vector512<float> first, Vector512<float> second) => Upper(first) | (Upper(second) << 16);

    /// <summary>The bfloat16 in the lower half of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Upper(Vector512<float> x)
    {
        var bits = x.AsUInt32();
        // Half of the last place kept, less one where that place is even: a tie then stays below.
        var rounded = bits + Vector512.Create(0x7fffu) + (bits >> 16 & Vector512<uint>.One);
        var finite = Vector512.LessThan(Vector512.Abs(x), Vector512.Create(float.PositiveInfinity)).AsUInt32();
        return Vector512.ConditionalSelect(finite, rounded, bits | Vector512.ConditionalSelect(Vector512.Equals(x, x).AsUInt32(), Vector512<uint>.Zero, Vector512.Create(0x400000u))) >> 16;
    }
}
