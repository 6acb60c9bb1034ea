using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// A convolution of each channel over the rows before: y[t,c] = b[c] + Σ_j w[j,c]·x[t − k + 1 + j, c], one chain over ascending j. A row begins at place
/// <c>places[t]</c> of its sequence; what stands before the first is zero or comes from the rows that were kept.
/// </summary>
internal static unsafe class CausalConvolution
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

    private static readonly delegate*<object?, void*, int, int, void> WeightKernel = KernelTier.Width switch
    {
        16 => &WeightBlock<Simd512, V512, I512>,
        8 => &WeightBlock<Simd256, V256, I256>,
        4 => &WeightBlock<Simd128, V128, I128>,
        _ => &WeightBlock<SimdScalar, float, int>,
    };

    /// <summary>Forward; <paramref name="taps"/> [k, C], bias may be null, past [sequences·(k − 1), C] may be empty.</summary>
    public static void Forward(Tensor x, Tensor taps, float* bias, ConvolutionRow* rows, Tensor past, Tensor y)
    {
        var job = new Job { X = x, Taps = taps, Bias = bias, Rows = rows, Past = past, Y = y };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx[s] += Σ_j w[j]·dy[s + k − 1 − j], within the sequence.</summary>
    public static void Backward(Tensor taps, ConvolutionRow* rows, Tensor dy, Tensor dx)
    {
        var job = new Job { X = dx, Taps = taps, Rows = rows, Y = dy };
        RowChunks.Run(BackwardKernel, &job, dx.Rows, dx.Columns);
    }

    /// <summary>dw[j] += Σ_t dy[t]·x[t − k + 1 + j], t ascending.</summary>
    public static void BackwardTaps(Tensor x, ConvolutionRow* rows, Tensor dy, Tensor dTaps)
    {
        var job = new Job { X = x, Taps = dTaps, Rows = rows, Y = dy };
        ColumnBlocks.Run(WeightKernel, &job, x.Rows, x.Columns);
    }

    private struct Job
    {
        public Tensor X, Taps, Past, Y;
        public float* Bias;
        public ConvolutionRow* Rows;
    }

    private static void ForwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        int n = job.X.Columns, width = job.Taps.Rows;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
        {
            var y = job.Y.Row(row);
            if (job.Bias is null)
                job.Y[row].Clear();
            else
                new ReadOnlySpan<float>(job.Bias, n).CopyTo(job.Y[row]);
            for (var j = 0; j < width; j++)
            {
                var back = width - 1 - j;
                var at = job.Rows[row];
                if (back <= at.Place)
                    AddProduct<S, V, I>(job.X.Row(row - back), job.Taps.Row(j), y, 0, n);
                else if (!job.Past.IsEmpty)
                    AddProduct<S, V, I>(job.Past.Row(at.Sequence * (width - 1) + at.Place + j), job.Taps.Row(j), y, 0, n);
            }
        }
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        int n = job.X.Columns, width = job.Taps.Rows;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var row = start; row < end; row++)
            for (var j = 0; j < width; j++)
            {
                var later = row + width - 1 - j;
                if (later < job.X.Rows && job.Rows[later].Sequence == job.Rows[row].Sequence)
                    AddProduct<S, V, I>(job.Y.Row(later), job.Taps.Row(j), job.X.Row(row), 0, n);
            }
    }

    private static void WeightBlock<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var width = job.Taps.Rows;
        var (start, end) = ColumnBlocks.Range(item, job.X.Columns);
        for (var row = 0; row < job.X.Rows; row++)
            for (var j = Math.Max(0, width - 1 - job.Rows[row].Place); j < width; j++)
                AddProduct<S, V, I>(job.Y.Row(row), job.X.Row(row - (width - 1 - j)), job.Taps.Row(j), start, end);
    }

    /// <summary>y += a·b in the columns [start, end).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProduct<S, V, I>(float* a, float* b, float* y, int start, int end)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = start;
        for (; i <= end - S.Width; i += S.Width)
            S.Store(S.Fma(S.Load(a + i), S.Load(b + i), S.Load(y + i)), y + i);
        for (; i < end; i++)
            y[i] = MathF.FusedMultiplyAdd(a[i], b[i], y[i]);
    }
}
