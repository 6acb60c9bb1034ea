using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>Gradients of what is shared by all rows: sums over rows, ascending, for each column, added to what is there.</summary>
internal static unsafe class ColumnSums
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Block<Simd512, V512, I512>,
        8 => &Block<Simd256, V256, I256>,
        4 => &Block<Simd128, V128, I128>,
        _ => &Block<SimdScalar, float, int>,
    };

    /// <summary>sum[j] += Σ_r dy[r,j].</summary>
    public static void Add(Tensor dy, float* sum) => Run(new Job { Dy = dy, Sum = sum });

    /// <summary>sum[j] += Σ_r dy[r,j]·x[r,j].</summary>
    public static void AddProducts(Tensor dy, Tensor x, float* sum) => Run(new Job { Dy = dy, X = x.Data, Sum = sum });

    /// <summary>sum[j] += Σ_r dy[r,j]·(x[r,j]·scale_r).</summary>
    public static void AddScaled(Tensor dy, Tensor x, float* scales, float* sum) =>
        Run(new Job { Dy = dy, X = x.Data, Sum = sum, Scales = scales, Stride = 1 });

    /// <summary>sum[j] += Σ_r dy[r,j]·((x[r,j] − mean_r)·scale_r), with mean and scale side by side in <paramref name="statistics"/>.</summary>
    public static void AddNormalised(Tensor dy, Tensor x, float* statistics, float* sum) =>
        Run(new Job { Dy = dy, X = x.Data, Sum = sum, Means = statistics, Scales = statistics + 1, Stride = 2 });

    private static void Run(Job job) => ColumnBlocks.Run(Kernel, &job, job.Dy.Rows, job.Dy.Columns);

    private struct Job
    {
        public Tensor Dy;
        public float* X, Sum, Means, Scales;
        public int Stride;
    }

    private static void Block<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = ColumnBlocks.Range(item, job.Dy.Columns);
        var n = end - start;
        for (var row = 0; row < job.Dy.Rows; row++)
        {
            var mean = job.Means is null ? 0 : job.Means[(long)row * job.Stride];
            var scale = job.Scales is null ? 1 : job.Scales[(long)row * job.Stride];
            var at = (long)row * job.Dy.Columns + start;
            float* dy = job.Dy.Data + at, x = job.X is null ? null : job.X + at, sum = job.Sum + start;
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                At<S, V, I>(dy + i, x is null ? null : x + i, sum + i, mean, scale);
            for (; i < n; i++)
                At<SimdScalar, float, int>(dy + i, x is null ? null : x + i, sum + i, mean, scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void At<S, V, I>(float* dy, float* x, float* sum, float mean, float scale)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
        => S.Store(
            x is null
                ? S.Add(S.Load(dy), S.Load(sum))
                : S.Fma(S.Load(dy), S.Multiply(S.Subtract(S.Load(x), S.Set(mean)), S.Set(scale)), S.Load(sum)),
            sum);
}
