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
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.LogSumExp, x, 1));
        fixed (double* r = result)
        {
            var job = new Job { X = x, Result = r };
            RowChunks.Run(Kernel, &job, x.Rows, x.Columns);
        }
    }

    /// <summary>
    /// The two parts of each row's value, maximum and ln Σ e^(x − maximum), since their float32 sum loses digits where logits are large.
    /// </summary>
    internal static void Rows(Tensor x, float* maxima, float* logSums)
    {
        var job = new Job { X = x, Maxima = maxima, LogSums = logSums };
        RowChunks.Run(Kernel, &job, x.Rows, x.Columns);
    }

    /// <summary>The row's maximum (NaN if the row holds one) and ln Σ e^(x − maximum), 0 where the maximum is not finite.</summary>
    internal static (float Maximum, double LogSum) Row<S, V, I>(float* x, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var maximum = Maximum<S, V, I>(x, n);
        if (!float.IsFinite(maximum))
            return (maximum, 0);
        var e = stackalloc float[Block];
        var sum = 0.0;
        for (var start = 0; start < n; start += Block)
        {
            var count = Math.Min(Block, n - start);
            Exponentials<S, V, I>(x + start, maximum, e, count);
            sum += LaneSums.Sum<S, V, I>(e, count);
        }
        return (maximum, Math.Log(sum));
    }

    /// <summary>y = e^(x − shift); y may be x.</summary>
    internal static void Exponentials<S, V, I>(float* x, float shift, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var m = S.Set(shift);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(VectorMath.Exp<S, V, I>(S.Subtract(S.Load(x + i), m)), y + i);
        for (; i < n; i++)
            y[i] = VectorMath.Exp<SimdScalar, float, int>(x[i] - shift);
    }

    /// <summary>The largest value; NaN if there is one; −∞ of nothing.</summary>
    internal static float Maximum<S, V, I>(float* x, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var lanes = stackalloc float[LaneSums.Lanes];
        // Four at a time, since each maximum waits for the one before; their order does not matter.
        V best = S.Set(float.NegativeInfinity), b1 = best, b2 = best, b3 = best;
        var i = 0;
        for (; i <= n - 4 * S.Width; i += 4 * S.Width)
        {
            best = S.Max(best, S.Load(x + i));
            b1 = S.Max(b1, S.Load(x + i + S.Width));
            b2 = S.Max(b2, S.Load(x + i + 2 * S.Width));
            b3 = S.Max(b3, S.Load(x + i + 3 * S.Width));
        }
        best = S.Max(S.Max(best, b1), S.Max(b2, b3));
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

    private struct Job
    {
        public Tensor X;
        public double* Result;
        public float* Maxima, LogSums;
    }

    private static void Items<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.X.Rows, job.X.Columns);
        for (var row = start; row < end; row++)
        {
            var (maximum, logSum) = Row<S, V, I>(job.X.Row(row), job.X.Columns);
            if (job.Result is not null)
                job.Result[row] = maximum + logSum;
            else
                (job.Maxima[row], job.LogSums[row]) = (maximum, (float)logSum);
        }
    }
}
