using System.Runtime.CompilerServices;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Activations as signed bytes by blocks of 32 along a row: s = max|x|/127, q = x·(127/max|x|) to the nearest whole number, ties to
/// even. A block whose largest magnitude is below 2⁻¹⁰⁰ is zeros (its inverse scale would overflow). A block with NaN or an infinity gets
/// the scale NaN, so that all outputs of its row are NaN.
/// </summary>
/// <remarks>
/// Rows lie in tiles of 8, 4 or 1 (see <see cref="TileRows"/>). A tile of R rows is, block after block, [8 groups of 4 columns][R rows][4 bytes];
/// beside it, block after block, s of R rows and R second values: s·Σq for formats with a minimum, else −Zero·Σq as an integer.
/// </remarks>
internal static unsafe class ByteActivations
{
    public const int BlockLength = QuantisedMatrix.BlockLength;

    /// <summary>2⁻¹⁰⁰.</summary>
    public const float Smallest = 7.888609e-31f;

    /// <summary>Rows of the tile that begins when <paramref name="left"/> rows are left.</summary>
    public static int TileRows(int left, int largest) => left >= 8 && largest == 8 ? 8 : left >= 4 ? 4 : 1;

    /// <summary>Writes rows × columns bytes to <paramref name="bytes"/> and 2·rows·columns/32 values to <paramref name="scales"/>.</summary>
    /// <param name="width">Lanes to compute in: 16, 8, 4 or 1.</param>
    /// <param name="zero">The code that stands for 0, or −1 for a format with a minimum.</param>
    public static void Quantise(float* x, int rows, int columns, int zero, int largestTile, int width, sbyte* bytes, float* scales)
    {
        using var _ = Profile.Measure(OperationKind.Quantise, 0, 5L * rows * columns + 8L * rows * columns / BlockLength);
        var kernel = Kernel(width);
        var job = new Job { X = x, Rows = rows, Columns = columns, Zero = zero, LargestTile = largestTile, Bytes = bytes, Scales = scales };
        if ((long)rows * columns < 8192)
            for (var i = 0; i * 8 < rows; i++)
                kernel(null, &job, i, -1);
        else
            ThreadTeam.Run(kernel, null, &job, (rows + 7) / 8);
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
        public float* X, Scales;
        public sbyte* Bytes;
        public int Rows, Columns, Zero, LargestTile;
    }

    /// <summary>Eight rows, in one tile or several.</summary>
    private static void Item<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var blocks = job.Columns / BlockLength;
        var end = Math.Min(job.Rows, item * 8 + 8);
        for (var first = item * 8; first < end;)
        {
            var tile = TileRows(job.Rows - first, job.LargestTile);
            for (var r = 0; r < tile; r++)
            {
                var x = job.X + (long)(first + r) * job.Columns;
                var bytes = (int*)(job.Bytes + (long)first * job.Columns) + r;
                var scales = job.Scales + (long)first * 2 * blocks + r;
                for (var b = 0; b < blocks; b++, x += BlockLength, bytes += 8 * tile, scales += 2 * tile)
                    Block<S, V, I>(x, tile, job.Zero, bytes, scales);
            }
            first += tile;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<S, V, I>(float* x, int tile, int zero, int* bytes, float* scales)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var magnitude = S.SetInt(0x7fffffff);
        var largest = S.Set(0);
        for (var i = 0; i < BlockLength; i += S.Width)
            largest = S.Max(largest, S.AsFloat(S.And(S.AsInt(S.Load(x + i)), magnitude)));
        var max = S.MaxAcross(largest);
        var finite = max <= float.MaxValue;
        var sum = 0;
        var q = stackalloc int[BlockLength / 4];
        if (finite && max >= Smallest)
        {
            var inverse = S.Set(127 / max);
            var sums = S.SetInt(0);
            for (var i = 0; i < BlockLength; i += S.Width)
            {
                var v = S.ToInt(S.Round(S.Multiply(S.Load(x + i), inverse)));
                sums = S.AddInts(sums, v);
                S.StoreBytes(v, (sbyte*)q + i);
            }
            sum = S.SumAcross(sums);
        }
        else
            new Span<int>(q, BlockLength / 4).Clear();
        for (var j = 0; j < BlockLength / 4; j++)
            bytes[j * tile] = q[j];
        var scale = !finite ? float.NaN : max >= Smallest ? max / 127 : 0;
        scales[0] = scale;
        if (zero < 0)
            scales[tile] = scale * sum;
        else
            ((int*)scales)[tile] = -zero * sum;
    }
}
