using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Activations as signed bytes by blocks of 32 along a row: s = max|x|/127, q = x·(127/max|x|) to the nearest whole number, ties to
/// even. A block whose max|x|² is over the mean of its row has a fine half: v = x·(32512/max|x|) to the nearest, q = (v + 128) div 256,
/// p = v − 256·q, x ≈ s·q + (s/256)·p. Such blocks, a quarter of all, would else carry three quarters of a row's rounding error. A block whose largest
/// magnitude is below 2⁻⁸⁰ is zeros (its inverse scale would overflow). A block with NaN or an infinity gets the scale NaN, so that all outputs of
/// its row are NaN.
/// </summary>
/// <remarks>
/// A row is its blocks one after another, each 32 bytes q, s (float32), and a second value: s·Σq (float32) for formats with a minimum,
/// else −Zero·Σq (int32). Where a row of its group of six has a fine half, all six have one <see cref="FineOffset"/> behind the block, with p, s/256 and
/// their second value, or zeros; each group has a list of these blocks: their number, then which, in ascending order. Zeros add nothing, so a
/// row's numbers do not depend on its group.
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
    public const float FineFrom = 1;

    /// <summary>Bytes of a row.</summary>
    public static long RowBytes(int columns) => (long)columns / BlockLength * BlockBytes;

    /// <summary>From a block to its fine half.</summary>
    public static long FineOffset(int rows, int columns) => rows * RowBytes(columns);

    /// <summary>Where the groups' lists stand.</summary>
    public static long ListsOffset(int rows, int columns) => 2 * FineOffset(rows, columns);

    /// <summary>Values of a group's list.</summary>
    public static int ListLength(int columns) => columns / BlockLength + 1;

    /// <summary>Bytes of all: rows, their fine halves, and the lists.</summary>
    public static long Bytes(int rows, int columns) => ListsOffset(rows, columns) + (rows + GroupRows - 1L) / GroupRows * ListLength(columns) * sizeof(ushort);

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
        var maxima = (float*)ThreadTeam.Scratch(worker, (GroupRows * blocks + GroupRows) * sizeof(float) + blocks);
        var limits = maxima + GroupRows * blocks;
        var flags = (byte*)(limits + GroupRows);
        new Span<byte>(flags, blocks).Clear();
        for (var r = 0; r < rows; r++)
            limits[r] = Measure<S, V, I>(job.X + (long)(first + r) * job.Columns, blocks, maxima + r * blocks, flags);
        List(flags, blocks, (ushort*)(job.To + ListsOffset(job.Rows, job.Columns)) + (long)item * ListLength(job.Columns));
        var fine = FineOffset(job.Rows, job.Columns);
        for (var r = 0; r < rows; r++)
        {
            var x = job.X + (long)(first + r) * job.Columns;
            var to = job.To + (first + r) * RowBytes(job.Columns);
            for (var b = 0; b < blocks; b++, x += BlockLength, to += BlockBytes)
            {
                var max = maxima[r * blocks + b];
                if (flags[b] != 0)
                    new Span<byte>(to + fine, BlockBytes).Clear();
                if (!(max <= float.MaxValue && max >= Smallest))
                    Empty(max, to);
                else if (flags[b] != 0 && max * max > limits[r])
                    Fine<S, V, I>(x, max, job.Zero, to, to + fine);
                else
                    Coarse<S, V, I>(x, max, job.Zero, to);
            }
        }
    }

    /// <summary>The largest magnitudes of a row's blocks, and a flag for those that have a fine half; returns what a squared magnitude must exceed for that.</summary>
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

    private static void List(byte* flags, int blocks, ushort* list)
    {
        ushort count = 0;
        for (var b = 0; b < blocks; b++)
            if (flags[b] != 0)
                list[++count] = (ushort)b;
        *list = count;
    }

    /// <summary>A block of zeros, or of nothing that is finite.</summary>
    private static void Empty(float max, byte* to)
    {
        new Span<byte>(to, BlockBytes).Clear();
        if (!(max < Smallest))
            *(float*)(to + Scale) = *(float*)(to + Second) = float.NaN;
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

    private static void Fine<S, V, I>(float* x, float max, int zero, byte* to, byte* fine)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var inverse = S.Set(32512 / max);
        var half = S.SetInt(128);
        I sums = S.SetInt(0), rests = S.SetInt(0);
        for (var i = 0; i < BlockLength; i += S.Width)
        {
            var v = S.ToInt(S.Round(S.Multiply(S.Load(x + i), inverse)));
            var q = S.ShiftRightArithmetic(S.AddInts(v, half), 8);
            var p = S.SubtractInts(v, S.ShiftLeft(q, 8));
            sums = S.AddInts(sums, q);
            rests = S.AddInts(rests, p);
            S.StoreBytes(q, (sbyte*)to + i);
            S.StoreBytes(p, (sbyte*)fine + i);
        }
        var scale = max / 127;
        Finish(to, scale, S.SumAcross(sums), zero);
        Finish(fine, scale / 256, S.SumAcross(rests), zero);
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
