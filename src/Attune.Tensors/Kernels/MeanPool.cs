namespace Attune.Tensors.Kernels;

/// <summary>Means over runs of rows, rows ascending.</summary>
internal static unsafe class MeanPool
{
    private static readonly delegate*<object?, void*, int, int, void> ForwardKernel = KernelTier.Width switch
    {
        16 => &ForwardRun<Simd512, V512, I512>,
        8 => &ForwardRun<Simd256, V256, I256>,
        4 => &ForwardRun<Simd128, V128, I128>,
        _ => &ForwardRun<SimdScalar, float, int>,
    };

    private static readonly delegate*<object?, void*, int, int, void> BackwardKernel = KernelTier.Width switch
    {
        16 => &BackwardRun<Simd512, V512, I512>,
        8 => &BackwardRun<Simd256, V256, I256>,
        4 => &BackwardRun<Simd128, V128, I128>,
        _ => &BackwardRun<SimdScalar, float, int>,
    };

    /// <summary>y[s] = Σ x[r]/(offsets[s+1] − offsets[s]) over r in [offsets[s], offsets[s+1]); zeros for a run without rows.</summary>
    public static void Forward(Tensor x, int* offsets, Tensor y)
    {
        var job = new Job { Many = x, Few = y, Offsets = offsets };
        ThreadTeam.Run(ForwardKernel, null, &job, y.Rows);
    }

    /// <summary>dx[r] += dy[s]/(offsets[s+1] − offsets[s]).</summary>
    public static void Backward(int* offsets, Tensor dy, Tensor dx)
    {
        var job = new Job { Many = dx, Few = dy, Offsets = offsets };
        ThreadTeam.Run(BackwardKernel, null, &job, dy.Rows);
    }

    private struct Job
    {
        public Tensor Many, Few;
        public int* Offsets;
    }

    private static void ForwardRun<S, V, I>(object? state, void* context, int run, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        job.Few[run].Clear();
        int start = job.Offsets[run], end = job.Offsets[run + 1];
        for (var row = start; row < end; row++)
            Add<S, V, I>(job.Many.Row(row), 1, job.Few.Row(run), job.Few.Columns);
        if (end > start)
            foreach (ref var v in job.Few[run])
                v /= end - start;
    }

    private static void BackwardRun<S, V, I>(object? state, void* context, int run, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        int start = job.Offsets[run], end = job.Offsets[run + 1];
        for (var row = start; row < end; row++)
            Add<S, V, I>(job.Few.Row(run), 1f / (end - start), job.Many.Row(row), job.Many.Columns);
    }

    /// <summary>y += x·s.</summary>
    private static void Add<S, V, I>(float* x, float s, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Fma(S.Load(x + i), S.Set(s), S.Load(y + i)), y + i);
        for (; i < n; i++)
            y[i] = MathF.FusedMultiplyAdd(x[i], s, y[i]);
    }
}
