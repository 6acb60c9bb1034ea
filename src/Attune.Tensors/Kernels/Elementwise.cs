namespace Attune.Tensors.Kernels;

/// <summary>Sums, products and multiples of matrices, element by element.</summary>
internal static unsafe class Elementwise
{
    private static readonly delegate*<object?, void*, int, int, void> AddKernel = KernelTier.Width switch
    {
        16 => &AddChunk<Simd512, V512, I512>,
        8 => &AddChunk<Simd256, V256, I256>,
        4 => &AddChunk<Simd128, V128, I128>,
        _ => &AddChunk<SimdScalar, float, int>,
    };

    /// <summary>y = a + b; y may be a or b.</summary>
    public static void Add(Tensor a, Tensor b, Tensor y)
    {
        var job = new Binary { A = a.Data, B = b.Data, Y = y.Data, Count = y.Count };
        Chunks.Run(AddKernel, &job, y.Count);
    }

    /// <summary>sum += x.</summary>
    public static void AddTo(Tensor x, Tensor sum) => Add(x, sum, sum);

    private struct Binary
    {
        public float* A, B, Y;
        public long Count;
    }

    private static void AddChunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Binary*)context;
        var (i, end) = Chunks.Range(item, job.Count);
        for (; i <= end - S.Width; i += S.Width)
            S.Store(S.Add(S.Load(job.A + i), S.Load(job.B + i)), job.Y + i);
        for (; i < end; i++)
            job.Y[i] = job.A[i] + job.B[i];
    }
}
