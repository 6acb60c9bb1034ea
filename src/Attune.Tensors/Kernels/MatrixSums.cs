namespace Attune.Tensors.Kernels;

/// <summary>Sums over all elements of a matrix: blocks of 1,024 in sixteen float32 lanes, blocks added in float64 in order.</summary>
internal static unsafe class MatrixSums
{
    private const int Block = 1024;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Chunk<Simd512, V512, I512>,
        8 => &Chunk<Simd256, V256, I256>,
        4 => &Chunk<Simd128, V128, I128>,
        _ => &Chunk<SimdScalar, float, int>,
    };

    /// <summary>Bytes that <see cref="Sum"/> needs to work in.</summary>
    public static long WorkBytes(long count) => (count + Chunks.Length - 1) / Chunks.Length * sizeof(double);

    /// <summary>Σ a, or Σ (a − b)² where b is not null. <paramref name="work"/> holds <see cref="WorkBytes"/>.</summary>
    public static double Sum(float* a, float* b, long count, double* work)
    {
        var job = new Job { A = a, B = b, Count = count, Sums = work };
        Chunks.Run(Kernel, &job, count);
        var sum = 0.0;
        for (var i = 0L; i < WorkBytes(count) / sizeof(double); i++)
            sum += work[i];
        return sum;
    }

    private struct Job
    {
        public float* A, B;
        public long Count;
        public double* Sums;
    }

    private static void Chunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        var differences = stackalloc float[Block];
        var sum = 0.0;
        for (; start < end; start += Block)
        {
            var n = (int)Math.Min(Block, end - start);
            if (job.B is null)
            {
                sum += LaneSums.Sum<S, V, I>(job.A + start, n);
                continue;
            }
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                S.Store(S.Subtract(S.Load(job.A + start + i), S.Load(job.B + start + i)), differences + i);
            for (; i < n; i++)
                differences[i] = job.A[start + i] - job.B[start + i];
            sum += LaneSums.Dot<S, V, I>(differences, differences, n);
        }
        job.Sums[item] = sum;
    }
}
