using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Activations as signed bytes by blocks of 32 along a row: s = max|x|/127, q = x·(127/max|x|) to the nearest whole number, ties to
/// even. A block whose largest magnitude is below 2⁻¹⁰⁰ is zeros (its inverse scale would overflow). A block with NaN or an infinity gets
/// the scale NaN, so that all outputs of its row are NaN.
/// </summary>
/// <remarks>
/// A row is its blocks one after another, each 32 bytes q, s (float32), and a second value: s·Σq (float32) for formats with a minimum,
/// else −Zero·Σq (int32).
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

    /// <summary>2⁻¹⁰⁰.</summary>
    public const float Smallest = 7.888609e-31f;

    private const int RowsPerItem = 8;

    /// <summary>Bytes of a row.</summary>
    public static long RowBytes(int columns) => (long)columns / BlockLength * BlockBytes;

    /// <summary>Writes rows × <see cref="RowBytes"/> bytes to <paramref name="to"/>.</summary>
    /// <param name="width">Lanes to compute in: 16, 8, 4 or 1.</param>
    /// <param name="zero">The code that stands for 0, or −1 for a format with a minimum.</param>
    public static void Quantise(float* x, int rows, int columns, int zero, int width, byte* to)
    {
        var kernel = Kernel(width);
        var job = new Job { X = x, Rows = rows, Columns = columns, Zero = zero, To = to };
        var items = (rows + RowsPerItem - 1) / RowsPerItem;
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

    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var first = item * RowsPerItem;
        var count = Math.Min(RowsPerItem, job.Rows - first);
        var blocks = count * (job.Columns / BlockLength);
        var x = job.X + (long)first * job.Columns;
        var to = job.To + first * RowBytes(job.Columns);
        for (; blocks > 0; blocks--, x += BlockLength, to += BlockBytes)
            Block<S, V, I>(x, job.Zero, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<S, V, I>(float* x, int zero, byte* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = S.SetInt(0x7fffffff);
        var largest = S.Set(0);
        for (var i = 0; i < BlockLength; i += S.Width)
            largest = S.Max(largest, S.AsFloat(S.And(S.AsInt(S.Load(x + i)), magnitude)));
        var max = S.MaxAcross(largest);
        // Both comparisons are false for NaN.
        if (!(max <= float.MaxValue && max >= Smallest))
        {
            new Span<byte>(to, BlockBytes).Clear();
            if (!(max < Smallest))
                *(float*)(to + Scale) = *(float*)(to + Second) = float.NaN;
            return;
        }
        var inverse = S.Set(127 / max);
        var sums = S.SetInt(0);
        for (var i = 0; i < BlockLength; i += S.Width)
        {
            var q = S.ToInt(S.Round(S.Multiply(S.Load(x + i), inverse)));
            sums = S.AddInts(sums, q);
            S.StoreBytes(q, (sbyte*)to + i);
        }
        var scale = max / 127;
        *(float*)(to + Scale) = scale;
        if (zero < 0)
            *(float*)(to + Second) = scale * S.SumAcross(sums);
        else
            *(int*)(to + Second) = -zero * S.SumAcross(sums);
    }
}
