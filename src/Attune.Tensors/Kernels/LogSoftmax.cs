using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>y = x − m − ln Σ e^(x − m) over a row, m its maximum. A row of −∞ only gives NaN, as in torch.</summary>
internal static unsafe class LogSoftmax
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

    /// <summary>y = ln softmax(x) by rows; y may be x.</summary>
    public static void Forward(Tensor x, Tensor y)
    {
        var job = new Job { X = x, Y = y };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx += dy − e^y·Σ_j dy_j, y = ln softmax(x).</summary>
    public static void Backward(Tensor y, Tensor dy, Tensor dx)
    {
        var job = new Job { X = dx, Y = y, Dy = dy };
        RowChunks.Run(BackwardKernel, &job, y.Rows, y.Columns);
    }

    private struct Job
    {
        public Tensor X, Y, Dy;
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
            var (maximum, exact) = LogSumExp.Row<S, V, I>(x, n);
            var logSum = (float)exact;
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                S.Store(S.Subtract(S.Subtract(S.Load(x + i), S.Set(maximum)), S.Set(logSum)), y + i);
            for (; i < n; i++)
                y[i] = x[i] - maximum - logSum;
        }
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.Y.Columns;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, n);
        for (var row = start; row < end; row++)
        {
            float* y = job.Y.Row(row), dy = job.Dy.Row(row), dx = job.X.Row(row);
            var sum = LaneSums.Sum<S, V, I>(dy, n);
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                Gradient<S, V, I>(y + i, dy + i, sum, dx + i);
            for (; i < n; i++)
                Gradient<SimdScalar, float, int>(y + i, dy + i, sum, dx + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<S, V, I>(float* y, float* dy, float sum, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Store(S.Add(S.Load(dx), S.Fma(VectorMath.Exp<S, V, I>(S.Load(y)), S.Set(-sum), S.Load(dy))), dx);
}
