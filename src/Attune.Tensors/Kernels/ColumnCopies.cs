namespace Attune.Tensors.Kernels;

/// <summary>Runs of columns copied or added from one matrix to another with as many rows.</summary>
internal static unsafe class ColumnCopies
{
    private static readonly delegate*<object?, void*, int, int, void> Kernel = KernelTier.Width switch
    {
        16 => &Rows<Simd512, V512, I512>,
        8 => &Rows<Simd256, V256, I256>,
        4 => &Rows<Simd128, V128, I128>,
        _ => &Rows<SimdScalar, float, int>,
    };

    /// <summary>
    /// y[r, to + i] = x[r, from + i], or += where <paramref name="add"/>, for the columns of every run in order; the runs stand one after another
    /// on the side that is <paramref name="gathered"/>: y, otherwise x.
    /// </summary>
    public static void Copy(Tensor x, ColumnRun* runs, int count, Tensor y, bool gathered, bool add)
    {
        var job = new Job { X = x, Y = y, Runs = runs, Count = count, Gathered = gathered, Add = add };
        RowChunks.Run(Kernel, &job, y.Rows, Math.Min(x.Columns, y.Columns));
    }

    private struct Job
    {
        public Tensor X, Y;
        public ColumnRun* Runs;
        public int Count;
        public bool Gathered, Add;
    }

    private static void Rows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, Math.Min(job.X.Columns, job.Y.Columns));
        for (var row = start; row < end; row++)
        {
            float* x = job.X.Row(row), y = job.Y.Row(row);
            for (var (run, at) = (0, 0); run < job.Count; at += job.Runs[run++].Count)
            {
                var there = job.Runs[run].Start;
                float* from = x + (job.Gathered ? there : at), to = y + (job.Gathered ? at : there);
                var n = job.Runs[run].Count;
                if (job.Add)
                    Add<S, V, I>(from, to, n);
                else
                    new ReadOnlySpan<float>(from, n).CopyTo(new Span<float>(to, n));
            }
        }
    }

    private static void Add<S, V, I>(float* x, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Add(S.Load(x + i), S.Load(y + i)), y + i);
        for (; i < n; i++)
            y[i] += x[i];
    }
}
