namespace Attune.Tensors.Kernels;

/// <summary>Rows taken by index, and gradients given back to them.</summary>
internal static unsafe class RowCopies
{
    private static readonly delegate*<object?, void*, int, int, void> ScatterKernel = KernelTier.Width switch
    {
        16 => &ScatterBlock<Simd512, V512, I512>,
        8 => &ScatterBlock<Simd256, V256, I256>,
        4 => &ScatterBlock<Simd128, V128, I128>,
        _ => &ScatterBlock<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> GatherKernel = &GatherRows;

    /// <summary>y[i] = x[rows[i]].</summary>
    public static void Gather(Tensor x, int* rows, Tensor y)
    {
        var job = new Job { Many = y, Few = x, Rows = rows };
        RowChunks.Run(GatherKernel, &job, y.Rows, y.Columns);
    }

    /// <summary>sum[rows[i]] += x[i], i ascending; rows that equal <paramref name="skip"/> are left out.</summary>
    public static void ScatterAdd(Tensor x, int* rows, int skip, Tensor sum)
    {
        var job = new Job { Many = x, Few = sum, Rows = rows, Skip = skip };
        ColumnBlocks.Run(ScatterKernel, &job, x.Rows, x.Columns);
    }

    private struct Job
    {
        public Tensor Many, Few;
        public int* Rows;
        public int Skip;
    }

    private static void GatherRows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Many.Rows, job.Many.Columns);
        for (var i = start; i < end; i++)
            job.Few[job.Rows[i]].CopyTo(job.Many[i]);
    }

    private static void ScatterBlock<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = ColumnBlocks.Range(item, job.Many.Columns);
        for (var row = 0; row < job.Many.Rows; row++)
        {
            if (job.Rows[row] == job.Skip)
                continue;
            float* from = job.Many.Row(row), to = job.Few.Row(job.Rows[row]);
            var i = start;
            for (; i <= end - S.Width; i += S.Width)
                S.Store(S.Add(S.Load(from + i), S.Load(to + i)), to + i);
            for (; i < end; i++)
                to[i] += from[i];
        }
    }
}
