using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Tensors.Kernels;

/// <summary>Squares of 16 × 16 floats turned over: by shuffles where the processor has them for the tier in use, else one by one.</summary>
internal static unsafe class Transposition
{
    public const int Size = 16;

    private static readonly delegate*<float*, long, float*, long, void> Turn =
        KernelTier.Width == 16 && Avx512F.IsSupported ? &Turn512
        : KernelTier.Width >= 8 && Avx.IsSupported ? &Turn256
        : &TurnSingly;

    /// <summary>to[j·toStride + i] = from[i·fromStride + j] for i, j &lt; 16. The two must not overlap.</summary>
    public static void Square(float* from, long fromStride, float* to, long toStride) => Turn(from, fromStride, to, toStride);

    /// <summary>y = xᵀ, of all rows and columns; the two must not overlap.</summary>
    public static void Matrix(Tensor x, Tensor y)
    {
        var job = new Job { X = x, Y = y };
        ThreadTeam.Run(&Band, null, &job, (x.Rows + Size - 1) / Size);
    }

    private struct Job
    {
        public Tensor X, Y;
    }

    /// <summary>Sixteen rows of x, columns of y.</summary>
    private static void Band(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = (item * Size, Math.Min(job.X.Rows, (item + 1) * Size));
        var column = 0;
        if (end - start == Size)
            for (; column <= job.X.Columns - Size; column += Size)
                Square(job.X.Row(start) + column, job.X.Columns, job.Y.Row(column) + start, job.Y.Columns);
        for (; column < job.X.Columns; column++)
            for (var row = start; row < end; row++)
                job.Y.Row(column)[row] = job.X.Row(row)[column];
    }

    internal static void TurnSingly(float* from, long fromStride, float* to, long toStride)
    {
        for (var i = 0; i < Size; i++, from += fromStride)
            for (var j = 0; j < Size; j++)
                to[j * toStride + i] = from[j];
    }

    internal static void Turn256(float* from, long fromStride, float* to, long toStride)
    {
        for (var i = 0; i < Size; i += 8)
            for (var j = 0; j < Size; j += 8)
                Eight(from + i * fromStride + j, fromStride, to + j * toStride + i, toStride);
    }

    internal static void Turn512(float* from, long fromStride, float* to, long toStride)
    {
        var half = stackalloc float[Size * Size];
        // Within groups of four rows: row 4g + c of half holds, by fours of lanes, columns c, 4 + c, 8 + c, 12 + c of the group.
        for (var i = 0; i < Size; i += 4, from += 4 * fromStride)
        {
            Vector512<float> a = Vector512.Load(from), b = Vector512.Load(from + fromStride), c = Vector512.Load(from + 2 * fromStride), d = Vector512.Load(from + 3 * fromStride);
            Vector512<double> low = Avx512F.UnpackLow(a, b).AsDouble(), high = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> nextLow = Avx512F.UnpackLow(c, d).AsDouble(), nextHigh = Avx512F.UnpackHigh(c, d).AsDouble();
            Avx512F.UnpackLow(low, nextLow).AsSingle().Store(half + i * Size);
            Avx512F.UnpackHigh(low, nextLow).AsSingle().Store(half + (i + 1) * Size);
            Avx512F.UnpackLow(high, nextHigh).AsSingle().Store(half + (i + 2) * Size);
            Avx512F.UnpackHigh(high, nextHigh).AsSingle().Store(half + (i + 3) * Size);
        }
        // The same four columns of all groups: a transposition of fours of lanes.
        for (var c = 0; c < 4; c++, half += Size, to += toStride)
        {
            Vector512<float> a = Vector512.Load(half), b = Vector512.Load(half + 4 * Size), e = Vector512.Load(half + 8 * Size), f = Vector512.Load(half + 12 * Size);
            Vector512<float> even = Avx512F.Shuffle4x128(a, b, 0x88), odd = Avx512F.Shuffle4x128(a, b, 0xdd);
            Vector512<float> nextEven = Avx512F.Shuffle4x128(e, f, 0x88), nextOdd = Avx512F.Shuffle4x128(e, f, 0xdd);
            Avx512F.Shuffle4x128(even, nextEven, 0x88).Store(to);
            Avx512F.Shuffle4x128(odd, nextOdd, 0x88).Store(to + 4 * toStride);
            Avx512F.Shuffle4x128(even, nextEven, 0xdd).Store(to + 8 * toStride);
            Avx512F.Shuffle4x128(odd, nextOdd, 0xdd).Store(to + 12 * toStride);
        }
    }

    private static void Eight(float* from, long fromStride, float* to, long toStride)
    {
        var half = stackalloc float[64];
        for (var i = 0; i < 8; i += 4, from += 4 * fromStride)
        {
            Vector256<float> a = Vector256.Load(from), b = Vector256.Load(from + fromStride), c = Vector256.Load(from + 2 * fromStride), d = Vector256.Load(from + 3 * fromStride);
            Vector256<double> low = Avx.UnpackLow(a, b).AsDouble(), high = Avx.UnpackHigh(a, b).AsDouble();
            Vector256<double> nextLow = Avx.UnpackLow(c, d).AsDouble(), nextHigh = Avx.UnpackHigh(c, d).AsDouble();
            Avx.UnpackLow(low, nextLow).AsSingle().Store(half + i * 8);
            Avx.UnpackHigh(low, nextLow).AsSingle().Store(half + (i + 1) * 8);
            Avx.UnpackLow(high, nextHigh).AsSingle().Store(half + (i + 2) * 8);
            Avx.UnpackHigh(high, nextHigh).AsSingle().Store(half + (i + 3) * 8);
        }
        for (var c = 0; c < 4; c++, half += 8, to += toStride)
        {
            Vector256<float> a = Vector256.Load(half), b = Vector256.Load(half + 32);
            Avx.Permute2x128(a, b, 0x20).Store(to);
            Avx.Permute2x128(a, b, 0x31).Store(to + 4 * toStride);
        }
    }
}
