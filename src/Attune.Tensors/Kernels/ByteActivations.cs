using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Activations as signed bytes by blocks of 32 along a row: s = max|x|/127, q = x·(127/max|x|) to the nearest whole number, ties to
/// even. A block whose max|x|² is over 1.5 of its row's mean is fine: v = x·(32512/max|x|) to the nearest, of which q = (v + 128) div 256 stands
/// in one byte and v − 256·q in another. A few such blocks would else carry two thirds of a row's rounding error. A block whose largest
/// magnitude is below 2⁻⁸⁰ is zeros (its inverse scale would overflow). A block with NaN or an infinity gets the scale NaN, so that all outputs of
/// its row are NaN.
/// </summary>
/// <remarks>
/// A row is its blocks one after another, each 32 bytes q, s (float32), and a second value: s·Σq (float32) for formats with a minimum,
/// else −Zero·Σq (int32). Where a row of its group of six is fine in a block, all six have a second such block <see cref="FineOffset"/> behind the first:
/// 32 bytes v − 256·q, s/256, and s/256·Σv or −Zero·Σv, with v = 256·q in a row that is not fine there. So a row's numbers do not depend on
/// its group, only how they are written down.
/// </remarks>
internal static unsafe class ByteActivations
{
    public const int BlockLength = QuantisedMatrix.BlockLength;

    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = BlockLength + 8;

    /// <summary>Where in a block its scale stands.</summary>
    public const int Scale = BlockLength;

    /// <summary>Where in a block its second value stands.</summary>
    public const int Second = BlockLength + 4;

    /// <summary>Rows that have fine blocks together.</summary>
    public const int GroupRows = 6;

    /// <summary>2⁻⁸⁰.</summary>
    public const float Smallest = 8.271806e-25f;

    /// <summary>Of the row's mean squared magnitude of blocks.</summary>
    public const float FineFrom = 1.5f;

    /// <summary>Bytes of a row.</summary>
    public static long RowBytes(int columns) => (long)columns / BlockLength * BlockBytes;

    /// <summary>From a block to its fine half.</summary>
    public static long FineOffset(int rows, int columns) => rows * RowBytes(columns);

    /// <summary>Where the flags stand: a byte for each block of each group of rows, not 0 where it is fine.</summary>
    public static long FlagsOffset(int rows, int columns) => 2 * FineOffset(rows, columns);

    /// <summary>Bytes of all: rows, their fine halves, and the flags.</summary>
    public static long Bytes(int rows, int columns) => FlagsOffset(rows, columns) + (rows + GroupRows - 1L) / GroupRows * (columns / BlockLength);

    /// <summary>Writes <see cref="Bytes"/> bytes to <paramref name="to"/>.</summary>
    /// <param name="width">Lanes to compute in: 16, 8, 4 or 1.</param>
    /// <param name="zero">The code that stands for 0, or −1 for a format with a minimum.</param>
    public static void Quantise(float* x, int rows, int columns, int zero, int width, byte* to)
    {
        using var _ = Profile.Measure(OperationKind.Quantise, 0, 5L * rows * columns + 8L * rows * columns / BlockLength);
        var kernel = Kernel(width);
        var job = new Job { X = x, Rows = rows, Columns = columns, Zero = zero, To = to };
        var items = (rows + GroupRows - 1) / GroupRows;
        if ((long)rows * columns < 16384)
            for (var i = 0; i < items; i++)
                kernel(null, &job, i, -1);
        else
            ThreadTeam.Run(kernel, null, &job, items);
    }

    private static delegate*<object?, void*, int, int, void> Kernel(int width) => width switch
    {
        16 => &Item<Simd512, V512, I512>,
        8 => &Item<Simd256, V256, I256>,
        4 => &Item<Simd128, V128, I128>,
        _ => &Item<SimdScalar, float, int>,
    };

    private struct Job
    {
        public float* X;
        public byte* To;
        public int Rows, Columns, Zero;
    }

    /// <summary>One group of rows.</summary>
    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var blocks = job.Columns / BlockLength;
        var first = item * GroupRows;
        var rows = Math.Min(GroupRows, job.Rows - first);
        var maxima = (float*)ThreadTeam.Scratch(worker, (GroupRows * blocks + GroupRows) * sizeof(float));
        var limits = maxima + GroupRows * blocks;
        var flags = job.To + FlagsOffset(job.Rows, job.Columns) + (long)item * blocks;
        new Span<byte>(flags, blocks).Clear();
        for (var r = 0; r < rows; r++)
            limits[r] = Measure<S, V, I>(job.X + (long)(first + r) * job.Columns, blocks, maxima + r * blocks, flags);
        var fine = FineOffset(job.Rows, job.Columns);
        for (var r = 0; r < rows; r++)
        {
            var x = job.X + (long)(first + r) * job.Columns;
            var to = job.To + (first + r) * RowBytes(job.Columns);
            for (var b = 0; b < blocks; b++, x += BlockLength, to += BlockBytes)
            {
                var max = maxima[r * blocks + b];
                if (!(max <= float.MaxValue && max >= Smallest))
                    Empty(max, to, flags[b] != 0 ? to + fine : null);
                else if (flags[b] == 0)
                    Coarse<S, V, I>(x, max, job.Zero, to);
                else
                    Fine<S, V, I>(x, max, max * max > limits[r], job.Zero, to, to + fine);
            }
        }
    }

    /// <summary>The largest magnitudes of a row's blocks, and a flag for those that are fine; returns what a squared magnitude must exceed for that.</summary>
    private static float Measure<S, V, I>(float* x, int blocks, float* maxima, byte* flags)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = S.SetInt(0x7fffffff);
        var sum = 0f;
        for (var b = 0; b < blocks; b++, x += BlockLength)
        {
            var largest = S.Set(0);
            for (var i = 0; i < BlockLength; i += S.Width)
                largest = S.Max(largest, S.AsFloat(S.And(S.AsInt(S.Load(x + i)), magnitude)));
            var max = maxima[b] = S.MaxAcross(largest);
            sum += max * max;
        }
        var limit = FineFrom * (sum / blocks);
        for (var b = 0; b < blocks; b++)
            if (maxima[b] * maxima[b] > limit)
                flags[b] = 1;
        return limit;
    }

    /// <summary>A block of zeros, or of nothing that is finite.</summary>
    private static void Empty(float max, byte* to, byte* fine)
    {
        Write(to);
        if (fine is not null)
            Write(fine);

        void Write(byte* block)
        {
            new Span<byte>(block, BlockBytes).Clear();
            if (!(max < Smallest))
                *(float*)(block + Scale) = *(float*)(block + Second) = float.NaN;
        }
    }

    private static void Coarse<S, V, I>(float* x, float max, int zero, byte* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var inverse = S.Set(127 / max);
        var sums = S.SetInt(0);
        for (var i = 0; i < BlockLength; i += S.Width)
        {
            var q = S.ToInt(S.Round(S.Multiply(S.Load(x + i), inverse)));
            sums = S.AddInts(sums, q);
            S.StoreBytes(q, (sbyte*)to + i);
        }
        Finish(to, max / 127, S.SumAcross(sums), zero);
    }

    private static void Fine<S, V, I>(float* x, float max, bool isFine, int zero, byte* to, byte* fine)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var inverse = S.Set(isFine ? 32512 / max : 127 / max);
        var shift = isFine ? 0 : 8;
        var half = S.SetInt(128);
        var sums = S.SetInt(0);
        for (var i = 0; i < BlockLength; i += S.Width)
        {
            var v = S.ShiftLeft(S.ToInt(S.Round(S.Multiply(S.Load(x + i), inverse))), shift);
            var q = S.ShiftRightArithmetic(S.AddInts(v, half), 8);
            sums = S.AddInts(sums, v);
            S.StoreBytes(q, (sbyte*)to + i);
            S.StoreBytes(S.SubtractInts(v, S.ShiftLeft(q, 8)), (sbyte*)fine + i);
        }
        Finish(fine, max / 127 / 256, S.SumAcross(sums), zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(byte* block, float scale, int sum, int zero)
    {
        *(float*)(block + Scale) = scale;
        if (zero < 0)
            *(float*)(block + Second) = scale * sum;
        else
            *(int*)(block + Second) = -zero * sum;
    }
}
