using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Rotates pairs of a head's dimensions by the angle of the token's position; backward is the inverse rotation.</summary>
internal static unsafe class Rope
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Rows<Simd512, V512, I512>,
        8 => &Rows<Simd256, V256, I256>,
        4 => &Rows<Simd128, V128, I128>,
        _ => &Rows<SimdScalar, float, int>,
    };

    /// <summary>y (+)= rotation of x; sign −1 rotates backwards. y may be x where not accumulating.</summary>
    public static void Apply(Tensor x, RopeTable table, ReadOnlySpan<int> positions, int heads, int headDim, float sign, bool accumulate, Tensor y)
    {
        var largest = 0;
        foreach (var p in positions)
            largest = Math.Max(largest, p);
        table.Grow(largest + 1);
        var settings = table.Settings;
        fixed (int* p = positions)
        {
            var job = new Job
            {
                X = x, Y = y, Positions = p, Heads = heads, HeadDim = headDim, Sign = sign, Accumulate = accumulate,
                Angles = table.At(0), Rotary = settings.RotaryDims, Interleaved = settings.Interleaved,
            };
            RowChunks.Run(Kernel, &job, x.Rows, x.Columns);
        }
    }

    private struct Job
    {
        public Tensor X, Y;
        public int* Positions;
        public float* Angles;
        public int Heads, HeadDim, Rotary;
        public float Sign;
        public bool Accumulate, Interleaved;
    }

    private static void Rows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.X.Rows, job.X.Columns);
        for (var row = start; row < end; row++)
        {
            var angles = job.Angles + (long)job.Positions[row] * job.Rotary;
            for (var head = 0; head < job.Heads; head++)
                Head<S, V, I>(ref job, angles, job.X.Row(row) + head * job.HeadDim, job.Y.Row(row) + head * job.HeadDim);
        }
    }

    private static void Head<S, V, I>(ref Job job, float* angles, float* x, float* y)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var half = job.Rotary / 2;
        var i = 0;
        if (!job.Interleaved)
        {
            for (; i <= half - S.Width; i += S.Width)
                Rotate<S, V, I>(ref job, angles + i, half, x + i, y + i, half);
            for (; i < half; i++)
                Rotate<SimdScalar, float, int>(ref job, angles + i, half, x + i, y + i, half);
        }
        for (; i < half; i++)
            Rotate<SimdScalar, float, int>(ref job, angles + i, half, x + 2 * i, y + 2 * i, 1);
        for (i = job.Rotary; i < job.HeadDim; i++)
            y[i] = job.Accumulate ? y[i] + x[i] : x[i];
    }

    /// <summary>The pair at x and x + apart, turned by the angle whose cosine and sine stand at angles and angles + half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate<S, V, I>(ref Job job, float* angles, int half, float* x, float* y, int apart)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V cos = S.Load(angles), sin = S.Multiply(S.Load(angles + half), S.Set(job.Sign));
        V a = S.Load(x), b = S.Load(x + apart);
        var ra = S.Fma(a, cos, S.Multiply(b, S.Subtract(S.Set(0), sin)));
        var rb = S.Fma(b, cos, S.Multiply(a, sin));
        S.Store(job.Accumulate ? S.Add(S.Load(y), ra) : ra, y);
        S.Store(job.Accumulate ? S.Add(S.Load(y + apart), rb) : rb, y + apart);
    }
}
