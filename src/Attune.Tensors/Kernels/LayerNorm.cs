using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>y = (x − mean)/√(var + ε)·w + b, row by row, variance by a second pass (Ba et al. 2016).</summary>
internal static unsafe class LayerNorm
{
    private static readonly delegate*<object?, void*, int, int, void> ForwardKernel = KernelTier.Width switch
    {
        16 => &ForwardRows<Simd512, V512, I512>,
        8 => &ForwardRows<Simd256, V256, I256>,
        4 => &ForwardRows<Simd128, V128, I128>,
        _ => &ForwardRows<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> BackwardKernel = KernelTier.Width switch
    {
        16 => &BackwardRows<Simd512, V512, I512>,
        8 => &BackwardRows<Simd256, V256, I256>,
        4 => &BackwardRows<Simd128, V128, I128>,
        _ => &BackwardRows<SimdScalar, float, int>,
    };

    /// <summary>Writes y and, where not null, mean and 1/√(var + ε) of each row; weight and bias may be null (1 and 0).</summary>
    public static void Forward(Tensor x, float* weight, float* bias, float epsilon, Tensor y, float* statistics)
    {
        var job = new Job { X = x, Weight = weight, Bias = bias, Epsilon = epsilon, Y = y, Statistics = statistics };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx += s·(g − mean(g) − x̂·mean(g·x̂)) with g = dy·w, x̂ = (x − mean)·s.</summary>
    public static void Backward(Tensor x, float* weight, float* statistics, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x, Weight = weight, Y = dy, Statistics = statistics, Dx = dx };
        RowChunks.Run(BackwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dw[j] += Σ_rows dy·x̂ and db[j] += Σ_rows dy, rows ascending; either may be null.</summary>
    public static void BackwardWeights(Tensor x, float* statistics, Tensor dy, float* dw, float* db)
    {
        if (dw is not null)
            ColumnSums.AddNormalised(dy, x, statistics, dw);
        if (db is not null)
            ColumnSums.Add(dy, db);
    }

    private struct Job
    {
        public Tensor X, Y, Dx;
        public float* Weight, Bias, Statistics;
        public float Epsilon;
    }

    private static void ForwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* x = job.X.Row(row), y = job.Y.Row(row);
            var mean = LaneSums.Sum<S, V, I>(x, n) / n;
            var scale = 1 / MathF.Sqrt(LaneSums.SquaresAbout<S, V, I>(x, mean, n) / n + job.Epsilon);
            if (job.Statistics is not null)
                (job.Statistics[2 * row], job.Statistics[2 * row + 1]) = (mean, scale);
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                Normalise<S, V, I>(ref job, x + i, i, mean, scale, y + i);
            for (; i < n; i++)
                Normalise<SimdScalar, float, int>(ref job, x + i, i, mean, scale, y + i);
        }
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var scratch = (float*)ThreadTeam.Scratch(worker, n * sizeof(float));
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* x = job.X.Row(row), dx = job.Dx.Row(row), g = job.Y.Row(row);
            float mean = job.Statistics[2 * row], scale = job.Statistics[2 * row + 1];
            if (job.Weight is not null)
                g = Weigh<S, V, I>(g, job.Weight, scratch, n);
            var meanG = LaneSums.Sum<S, V, I>(g, n) / n;
            // x̂·mean(g·x̂) = (x − mean)·s²·mean(g·(x − mean))
            var slope = LaneSums.DotAbout<S, V, I>(g, x, mean, n) / n * scale * scale;
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                Gradient<S, V, I>(x + i, g + i, mean, scale, meanG, slope, dx + i);
            for (; i < n; i++)
                Gradient<SimdScalar, float, int>(x + i, g + i, mean, scale, meanG, slope, dx + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Normalise<S, V, I>(ref Job job, float* x, int column, float mean, float scale, float* y)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var v = S.Multiply(S.Subtract(S.Load(x), S.Set(mean)), S.Set(scale));
        if (job.Weight is not null)
            v = S.Multiply(v, S.Load(job.Weight + column));
        if (job.Bias is not null)
            v = S.Add(v, S.Load(job.Bias + column));
        S.Store(v, y);
    }

    /// <summary>g = dy·w.</summary>
    private static float* Weigh<S, V, I>(float* dy, float* weight, float* g, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Multiply(S.Load(dy + i), S.Load(weight + i)), g + i);
        for (; i < n; i++)
            g[i] = dy[i] * weight[i];
        return g;
    }

    /// <summary>dx += scale·(g − meanG − (x − mean)·slope).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<S, V, I>(float* x, float* g, float mean, float scale, float meanG, float slope, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var centred = S.Subtract(S.Load(x), S.Set(mean));
        var rest = S.Fma(centred, S.Set(-slope), S.Subtract(S.Load(g), S.Set(meanG)));
        S.Store(S.Fma(S.Set(scale), rest, S.Load(dx)), dx);
    }
}
