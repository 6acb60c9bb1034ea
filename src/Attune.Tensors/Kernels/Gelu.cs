namespace Attune.Tensors.Kernels;

/// <summary>x·Φ(x) (Hendrycks and Gimpel 2016): with erf, or by tanh.</summary>
internal static unsafe class Gelu
{
    private const float InverseRootTwo = 0.70710678f;
    private const float InverseRootTwoPi = 0.39894228f;
    private const float RootTwoOverPi = 0.79788456f;
    private const float Cubic = 0.044715f;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Chunk<Simd512, V512, I512>,
        8 => &Chunk<Simd256, V256, I256>,
        4 => &Chunk<Simd128, V128, I128>,
        _ => &Chunk<SimdScalar, float, int>,
    };

    public static void Forward(Tensor x, bool tanh, Tensor y)
    {
        var job = new Job { X = x.Data, Y = y.Data, Tanh = tanh, Count = x.Count };
        Chunks.Run(Kernel, &job, x.Count);
    }

    /// <summary>dx += dy·gelu'(x).</summary>
    public static void Backward(Tensor x, bool tanh, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x.Data, Dy = dy.Data, Y = dx.Data, Tanh = tanh, Count = x.Count };
        Chunks.Run(Kernel, &job, x.Count);
    }

    private struct Job
    {
        public float* X, Dy, Y;
        public bool Tanh;
        public long Count;
    }

    private static void Chunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            At<S, V, I>(ref job, i);
        for (; i < end; i++)
            At<SimdScalar, float, int>(ref job, i);
    }

    private static void At<S, V, I>(ref Job job, long i)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var x = S.Load(job.X + i);
        if (job.Dy is null)
            S.Store(job.Tanh ? ByTanh<S, V, I>(x) : ByErf<S, V, I>(x), job.Y + i);
        else
            S.Store(S.Fma(S.Load(job.Dy + i), job.Tanh ? SlopeByTanh<S, V, I>(x) : SlopeByErf<S, V, I>(x), S.Load(job.Y + i)), job.Y + i);
    }

    private static V ByErf<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var half = S.Multiply(x, S.Set(0.5f));
        return S.Fma(half, VectorMath.Erf<S, V, I>(S.Multiply(x, S.Set(InverseRootTwo))), half);
    }

    /// <summary>Φ(x) + x·φ(x).</summary>
    private static V SlopeByErf<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var cdf = S.Fma(S.Set(0.5f), VectorMath.Erf<S, V, I>(S.Multiply(x, S.Set(InverseRootTwo))), S.Set(0.5f));
        var density = S.Multiply(S.Set(InverseRootTwoPi), VectorMath.Exp<S, V, I>(S.Multiply(S.Set(-0.5f), S.Multiply(x, x))));
        return S.Fma(x, density, cdf);
    }

    private static V ByTanh<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var half = S.Multiply(x, S.Set(0.5f));
        return S.Fma(half, VectorMath.Tanh<S, V, I>(Inner<S, V, I>(x)), half);
    }

    /// <summary>½(1 + t) + ½x(1 − t²)·√(2/π)(1 + 3·0.044715x²), t = tanh(inner).</summary>
    private static V SlopeByTanh<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var t = VectorMath.Tanh<S, V, I>(Inner<S, V, I>(x));
        var inner = S.Multiply(S.Set(RootTwoOverPi), S.Fma(S.Multiply(x, x), S.Set(3 * Cubic), S.Set(1)));
        var rest = S.Multiply(S.Multiply(S.Set(0.5f), x), S.Multiply(S.Subtract(S.Set(1), S.Multiply(t, t)), inner));
        return S.Fma(S.Set(0.5f), t, S.Add(S.Set(0.5f), rest));
    }

    private static V Inner<S, V, I>(V x)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Multiply(S.Set(RootTwoOverPi), S.Fma(S.Multiply(S.Multiply(x, x), x), S.Set(Cubic), x));
}
