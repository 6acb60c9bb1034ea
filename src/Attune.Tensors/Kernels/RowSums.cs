namespace Attune.Tensors.Kernels;

/// <summary>Sums over the columns of each row, in the order of <see cref="LaneSums"/>; long rows by blocks of 1,024 that are added in float64.</summary>
internal static unsafe class RowSums
{
    private const int Block = 1024;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Rows<Simd512, V512, I512>,
        8 => &Rows<Simd256, V256, I256>,
        4 => &Rows<Simd128, V128, I128>,
        _ => &Rows<SimdScalar, float, int>,
    };

    /// <summary>sum[r] = Σ_j a[r,j], or sum[r] += that.</summary>
    public static void Sum(Tensor a, float* sum, bool add = false) => Run(new Job { A = a, B = a, Sum = sum, Add = add });

    /// <summary>sum[r] = Σ_j a[r,j]·b[r,j].</summary>
    public static void Dot(Tensor a, Tensor b, float* sum) => Run(new Job { A = a, B = b, Sum = sum, Products = true });

    private static void Run(Job job) => RowChunks.Run(Kernel, &job, job.A.Rows, job.A.Columns);

    private struct Job
    {
        public Tensor A, B;
        public float* Sum;
        public bool Add, Products;
    }

    private static void Rows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.A.Rows, job.A.Columns);
        for (var row = start; row < end; row++)
        {
            float* a = job.A.Row(row), b = job.B.Row(row);
            var sum = 0.0;
            for (var i = 0; i < job.A.Columns; i += Block)
            {
                var n = Math.Min(Block, job.A.Columns - i);
                sum += job.Products ? LaneSums.Dot<S, V, I>(a + i, b + i, n) : LaneSums.Sum<S, V, I>(a + i, n);
            }
            job.Sum[row] = (float)(job.Add ? job.Sum[row] + sum : sum);
        }
    }
}
