namespace Attune.Tensors.Kernels;

/// <summary>−ln softmax(x)[label] of rows, fused, and its gradient softmax(x) − onehot.</summary>
internal static unsafe class CrossEntropy
{
    private static readonly delegate*<object?, void*, int, int, void> BackwardKernel = KernelTier.Width switch
    {
        16 => &BackwardRow<Simd512, V512, I512>,
        8 => &BackwardRow<Simd256, V256, I256>,
        4 => &BackwardRow<Simd128, V128, I128>,
        _ => &BackwardRow<SimdScalar, float, int>,
    };

    /// <summary>
    /// dx[r,j] += w_r·(e^(x_j − lse_r) − target_j), with w_r = weights[r], zero for a row that does not count, and
    /// target = (1 − smoothing)·onehot + smoothing/V.
    /// </summary>
    public static void Backward(Tensor x, double* logSumExp, int* labels, float* weights, float smoothing, Tensor dx)
    {
        var job = new Job { X = x, Dx = dx, LogSumExp = logSumExp, Labels = labels, Weights = weights, Smoothing = smoothing };
        ThreadTeam.Run(BackwardKernel, null, &job, x.Rows);
    }

    private struct Job
    {
        public Tensor X, Dx;
        public double* LogSumExp;
        public int* Labels;
        public float* Weights;
        public float Smoothing;
    }

    private static void BackwardRow<S, V, I>(object? state, void* context, int row, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var weight = job.Weights[row];
        if (weight == 0)
            return;
        float* x = job.X.Row(row), dx = job.Dx.Row(row);
        var n = job.X.Columns;
        var shift = (float)job.LogSumExp[row];
        var spread = weight * job.Smoothing / n;
        V s = S.Set(shift), w = S.Set(weight), u = S.Set(-spread);
        var i = 0;
        for (; i <= n - S.Width; i += S.Width)
            S.Store(S.Add(S.Load(dx + i), S.Fma(w, VectorMath.Exp<S, V, I>(S.Subtract(S.Load(x + i), s)), u)), dx + i);
        for (; i < n; i++)
            dx[i] += MathF.FusedMultiplyAdd(weight, VectorMath.Exp<SimdScalar, float, int>(x[i] - shift), -spread);
        dx[job.Labels[row]] -= weight * (1 - job.Smoothing);
    }
}
