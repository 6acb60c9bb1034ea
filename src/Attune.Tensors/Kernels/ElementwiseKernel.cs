namespace Attune.Tensors.Kernels;

/// <summary>Runs <typeparamref name="F"/> over whole matrices, in chunks that the team shares, or with one row against every row.</summary>
internal static unsafe class Elementwise<F>
    where F : struct, IElementwise
{
    private static readonly delegate*<object?, void*, int, int, void> FlatKernel = KernelTier.Width switch
    {
        16 => &FlatChunk<Simd512, V512, I512>,
        8 => &FlatChunk<Simd256, V256, I256>,
        4 => &FlatChunk<Simd128, V128, I128>,
        _ => &FlatChunk<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> RowKernel = KernelTier.Width switch
    {
        16 => &RowsChunk<Simd512, V512, I512>,
        8 => &RowsChunk<Simd256, V256, I256>,
        4 => &RowsChunk<Simd128, V128, I128>,
        _ => &RowsChunk<SimdScalar, float, int>,
    };

    /// <summary>F at every element of a, b and y, which have <paramref name="count"/>; y may be a or b. b may be null where F reads none.</summary>
    public static void Run(float* a, float* b, float* y, long count, float scale = 0)
    {
        // A pointer that F does not read must still be one that moves.
        var job = new Job { A = a, B = b is null ? a : b, Y = y, Count = count, Scale = scale };
        Chunks.Run(FlatKernel, &job, count);
    }

    /// <summary>F at every element of a and y [rows, columns] with b [columns] the same in every row.</summary>
    public static void RunRows(float* a, float* b, float* y, int rows, int columns)
    {
        var job = new Job { A = a, B = b, Y = y, Rows = rows, Columns = columns };
        RowChunks.Run(RowKernel, &job, rows, columns);
    }

    private struct Job
    {
        public float* A, B, Y;
        public long Count;
        public int Rows, Columns;
        public float Scale;
    }

    private static void FlatChunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        Span<S, V, I>(job.A + start, job.B + start, job.Y + start, (int)(end - start), job.Scale);
    }

    private static void RowsChunk<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Rows, job.Columns);
        for (long row = start; row < end; row++)
            Span<S, V, I>(job.A + row * job.Columns, job.B, job.Y + row * job.Columns, job.Columns, job.Scale);
    }

    private static void Span<S, V, I>(float* a, float* b, float* y, int n, float scale)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            F.At<S, V, I>(a + i, b + i, y + i, scale);
        for (; i < n; i++)
            F.At<SimdScalar, float, int>(a + i, b + i, y + i, scale);
    }
}
