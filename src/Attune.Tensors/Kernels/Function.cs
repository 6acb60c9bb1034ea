namespace Attune.Tensors.Kernels;

/// <summary>Runs a function with constants over a matrix, forward and backward.</summary>
internal readonly unsafe struct Function<F> : IUnaryKernel
    where F : struct, IFunction
{
    private static readonly delegate*<object?, void*, int, int, void> ValueKernel = KernelTier.Width switch
    {
        16 => &Values<Simd512, V512, I512>,
        8 => &Values<Simd256, V256, I256>,
        4 => &Values<Simd128, V128, I128>,
        _ => &Values<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> SlopeKernel = KernelTier.Width switch
    {
        16 => &Slopes<Simd512, V512, I512>,
        8 => &Slopes<Simd256, V256, I256>,
        4 => &Slopes<Simd128, V128, I128>,
        _ => &Slopes<SimdScalar, float, int>,
    };

    public static void Forward(Tensor x, float p, float q, Tensor y)
    {
        var job = new Job { X = x.Data, Y = y.Data, P = p, Q = q, Count = y.Count };
        Chunks.Run(ValueKernel, &job, y.Count);
    }

    public static void Backward(Tensor x, float p, float q, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x.Data, Dy = dy.Data, Y = dx.Data, P = p, Q = q, Count = dx.Count };
        Chunks.Run(SlopeKernel, &job, dx.Count);
    }

    private struct Job
    {
        public float* X, Dy, Y;
        public float P, Q;
        public long Count;
    }

    private static void Values<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            S.Store(F.Value<S, V, I>(S.Load(job.X + i), S.Set(job.P), S.Set(job.Q)), job.Y + i);
        for (; i < end; i++)
            job.Y[i] = F.Value<SimdScalar, float, int>(job.X[i], job.P, job.Q);
    }

    private static void Slopes<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            S.Store(S.Fma(S.Load(job.Dy + i), F.Slope<S, V, I>(S.Load(job.X + i), S.Set(job.P), S.Set(job.Q)), S.Load(job.Y + i)), job.Y + i);
        for (; i < end; i++)
            job.Y[i] = MathF.FusedMultiplyAdd(job.Dy[i], F.Slope<SimdScalar, float, int>(job.X[i], job.P, job.Q), job.Y[i]);
    }
}
