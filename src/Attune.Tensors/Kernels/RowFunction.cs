namespace Attune.Tensors.Kernels;

/// <summary>Runs a function of rows over a matrix, forward and backward, in chunks of rows that the team shares.</summary>
internal static unsafe class RowFunction<F>
    where F : struct, IRowFunction
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

    public static void Forward(Tensor x, Tensor y)
    {
        var job = new Job { X = x, Y = y };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

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
        var (start, end) = RowChunks.Range(item, job.X.Rows, job.X.Columns);
        for (var row = start; row < end; row++)
            F.Value<S, V, I>(job.X.Row(row), job.Y.Row(row), job.X.Columns);
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
            F.Gradient<S, V, I>(job.Y.Row(row), job.Dy.Row(row), job.X.Row(row), job.Y.Columns);
    }
}
