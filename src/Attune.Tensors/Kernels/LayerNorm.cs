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
        for (var row = 0; row < x.Rows; row++)
        {
            float* g = dy.Row(row), v = x.Row(row);
            float mean = statistics[2 * row], scale = statistics[2 * row + 1];
            for (var j = 0; j < x.Columns; j++)
            {
                if (dw is not null)
                    dw[j] += g[j] * ((v[j] - mean) * scale);
                if (db is not null)
                    db[j] += g[j];
            }
        }
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
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                S.Store(S.Subtract(S.Load(x + i), S.Set(mean)), y + i);
            for (; i < n; i++)
                y[i] = x[i] - mean;
            var scale = 1 / MathF.Sqrt(LaneSums.Dot<S, V, I>(y, y, n) / n + job.Epsilon);
            if (job.Statistics is not null)
                (job.Statistics[2 * row], job.Statistics[2 * row + 1]) = (mean, scale);
            for (i = 0; i < n; i++)
                y[i] = y[i] * scale * (job.Weight is null ? 1 : job.Weight[i]) + (job.Bias is null ? 0 : job.Bias[i]);
        }
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var g = (float*)ThreadTeam.Scratch(worker, 2 * n * sizeof(float));
        var hat = g + n;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* x = job.X.Row(row), dy = job.Y.Row(row), dx = job.Dx.Row(row);
            float mean = job.Statistics[2 * row], scale = job.Statistics[2 * row + 1];
            for (var j = 0; j < n; j++)
            {
                g[j] = dy[j] * (job.Weight is null ? 1 : job.Weight[j]);
                hat[j] = (x[j] - mean) * scale;
            }
            var meanG = LaneSums.Sum<S, V, I>(g, n) / n;
            var meanGHat = LaneSums.Dot<S, V, I>(g, hat, n) / n;
            for (var j = 0; j < n; j++)
                dx[j] += scale * (g[j] - meanG - hat[j] * meanGHat);
        }
    }
}
