namespace Attune.Tensors.Kernels;

/// <summary>ln Σ_j e^(x_j) of a row, its maximum subtracted first; the sum in sixteen float32 lanes by blocks of 1,024, blocks in float64.</summary>
public static unsafe class LogSumExp
{
    private const int Block = 1024;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Items<Simd512, V512, I512>,
        8 => &Items<Simd256, V256, I256>,
        4 => &Items<Simd128, V128, I128>,
        _ => &Items<SimdScalar, float, int>,
    };

    /// <summary>The value for each row of <paramref name="x"/>. −∞ for a row of −∞ only; NaN if the row holds one.</summary>
    public static void Rows(Tensor x, Span<double> result)
    {
        fixed (double* r = result)
        {
            var job = new Job { X = x, Result = r };
            ThreadTeam.Run(Kernel, null, &job, x.Rows);
        }
    }

    private struct Job
    {
        public Tensor X;
        public double* Result;
    }

    private static void Items<S, V, I>(object? state, void* context, int row, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        job.Result[row] = Row<S, V, I>(job.X.Row(row), job.X.Columns);
    }

    private static double Row<S, V, I>(float* x, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var maximum = Maximum<S, V, I>(x, n);
        if (float.IsNaN(maximum) || float.IsInfinity(maximum))
            return maximum;
        var e = stackalloc float[Block];
        var sum = 0.0;
        for (var start = 0; start < n; start += Block)
        {
            var count = Math.Min(Block, n - start);
            var m = S.Set(maximum);
            var i = 0;
            for (; i <= count - S.Width; i += S.Width)
                S.Store(VectorMath.Exp<S, V, I>(S.Subtract(S.Load(x + start + i), m)), e + i);
            for (; i < count; i++)
                e[i] = VectorMath.Exp<SimdScalar, float, int>(x[start + i] - maximum);
            sum += LaneSums.Sum<S, V, I>(e, count);
        }
        return maximum + Math.Log(sum);
    }

    private static float Maximum<S, V, I>(float* x, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[LaneSums.Lanes];
        new Span<float>(lanes, LaneSums.Lanes).Fill(float.NegativeInfinity);
        var best = S.Set(float.NegativeInfinity);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            best = S.Max(best, S.Load(x + i));
        S.Store(best, lanes);
        var maximum = float.NegativeInfinity;
        for (var l = 0; l < S.Width; l++)
            maximum = MathF.Max(maximum, lanes[l]);
        for (; i < n; i++)
            maximum = MathF.Max(maximum, x[i]);
        return maximum;
    }
}
