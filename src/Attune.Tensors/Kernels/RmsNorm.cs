using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>y = x / √(mean(x²) + ε) · (w + offset), row by row (Zhang and Sennrich 2019).</summary>
internal static unsafe class RmsNorm
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

    /// <summary>Writes y and, for the backward pass, 1/√(mean(x²) + ε) of each row where <paramref name="scales"/> is not null.</summary>
    public static void Forward(Tensor x, float* weight, float epsilon, float offset, Tensor y, float* scales)
    {
        var job = new Job { X = x, Weight = weight, Epsilon = epsilon, Offset = offset, Y = y, Scales = scales };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx += s·(g − x·s²·mean(g·x)) with g = dy·(w + offset) and s the row's scale.</summary>
    public static void Backward(Tensor x, float* weight, float offset, float* scales, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x, Weight = weight, Offset = offset, Y = dy, Scales = scales, Dx = dx };
        RowChunks.Run(BackwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dw[j] += Σ_rows dy·x·s, rows ascending.</summary>
    public static void BackwardWeight(Tensor x, float* scales, Tensor dy, Tensor dw) => ColumnSums.AddScaled(dy, x, scales, dw.Data);

    private struct Job
    {
        public Tensor X, Y, Dx;
        public float* Weight, Scales;
        public float Epsilon, Offset;
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
            var x = job.X.Row(row);
            var scale = 1 / MathF.Sqrt(LaneSums.Dot<S, V, I>(x, x, n) / n + job.Epsilon);
            if (job.Scales is not null)
                job.Scales[row] = scale;
            Weigh<S, V, I>(x, job.Weight, scale, job.Offset, job.Y.Row(row), n);
        }
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var g = (float*)ThreadTeam.Scratch(worker, n * sizeof(float));
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* x = job.X.Row(row), dx = job.Dx.Row(row);
            Weigh<S, V, I>(job.Y.Row(row), job.Weight, 1, job.Offset, g, n);
            var s = job.Scales[row];
            var mean = LaneSums.Dot<S, V, I>(g, x, n) / n * s * s;
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                Gradient<S, V, I>(x + i, g + i, s, mean, dx + i);
            for (; i < n; i++)
                Gradient<SimdScalar, float, int>(x + i, g + i, s, mean, dx + i);
        }
    }

    /// <summary>y = x·scale·(w + offset).</summary>
    private static void Weigh<S, V, I>(float* x, float* weight, float scale, float offset, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        V s = S.Set(scale), o = S.Set(offset);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Multiply(S.Multiply(S.Load(x + i), s), S.Add(S.Load(weight + i), o)), y + i);
        for (; i < n; i++)
            y[i] = x[i] * scale * (weight[i] + offset);
    }

    /// <summary>dx += s·(g − x·mean).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<S, V, I>(float* x, float* g, float s, float mean, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Store(S.Fma(S.Set(s), S.Fma(S.Load(x), S.Set(-mean), S.Load(g)), S.Load(dx)), dx);
}
