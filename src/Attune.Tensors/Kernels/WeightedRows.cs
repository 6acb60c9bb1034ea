namespace Attune.Tensors.Kernels;

/// <summary>Sums of rows with weights, y[i] = Σ_t w[i,t]·x[rows[i,t]], a sparse matrix times a dense one; rows below 0 count nothing.</summary>
internal static unsafe class WeightedRows
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
        16 => &BackwardBlock<Simd512, V512, I512>,
        8 => &BackwardBlock<Simd256, V256, I256>,
        4 => &BackwardBlock<Simd128, V128, I128>,
        _ => &BackwardBlock<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> WeightKernel = KernelTier.Width switch
    {
        16 => &WeightRows<Simd512, V512, I512>,
        8 => &WeightRows<Simd256, V256, I256>,
        4 => &WeightRows<Simd128, V128, I128>,
        _ => &WeightRows<SimdScalar, float, int>,
    };

    /// <summary>y[i] = Σ_t w[i,t]·x[rows[i,t]], t ascending.</summary>
    public static void Forward(Tensor x, int* rows, Tensor weights, Tensor y)
    {
        var job = new Job { X = x, Rows = rows, Weights = weights, Y = y };
        RowChunks.Run(ForwardKernel, &job, y.Rows, y.Columns);
    }

    /// <summary>dx[rows[i,t]] += w[i,t]·dy[i], i and t ascending.</summary>
    public static void Backward(int* rows, Tensor weights, Tensor dy, Tensor dx)
    {
        var job = new Job { X = dx, Rows = rows, Weights = weights, Y = dy };
        ColumnBlocks.Run(BackwardKernel, &job, checked((int)weights.Count), dy.Columns);
    }

    /// <summary>dw[i,t] += dy[i]·x[rows[i,t]].</summary>
    public static void BackwardWeights(Tensor x, int* rows, Tensor dy, Tensor dw)
    {
        var job = new Job { X = x, Rows = rows, Weights = dw, Y = dy };
        RowChunks.Run(WeightKernel, &job, dy.Rows, dy.Columns);
    }

    private struct Job
    {
        public Tensor X, Weights, Y;
        public int* Rows;
    }

    private static void ForwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var terms = job.Weights.Columns;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
        {
            job.Y[row].Clear();
            for (var t = 0; t < terms; t++)
                if (job.Rows[(long)row * terms + t] is >= 0 and var from)
                    Add<S, V, I>(job.X.Row(from), job.Weights.Row(row)[t], job.Y.Row(row), 0, job.Y.Columns);
        }
    }

    private static void BackwardBlock<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var terms = job.Weights.Columns;
        var (start, end) = ColumnBlocks.Range(item, job.Y.Columns);
        for (var row = 0; row < job.Y.Rows; row++)
            for (var t = 0; t < terms; t++)
                if (job.Rows[(long)row * terms + t] is >= 0 and var to)
                    Add<S, V, I>(job.Y.Row(row), job.Weights.Row(row)[t], job.X.Row(to), start, end);
    }

    private static void WeightRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var terms = job.Weights.Columns;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
            for (var t = 0; t < terms; t++)
                if (job.Rows[(long)row * terms + t] is >= 0 and var from)
                    job.Weights.Row(row)[t] += LaneSums.Dot<S, V, I>(job.Y.Row(row), job.X.Row(from), job.Y.Columns);
    }

    /// <summary>y += x·s in the columns [start, end).</summary>
    private static void Add<S, V, I>(float* x, float s, float* y, int start, int end)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = start;
        for (; i <= end - S.Width; i += S.Width)
            S.Store(S.Fma(S.Load(x + i), S.Set(s), S.Load(y + i)), y + i);
        for (; i < end; i++)
            y[i] = MathF.FusedMultiplyAdd(x[i], s, y[i]);
    }
}
