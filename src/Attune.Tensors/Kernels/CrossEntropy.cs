using System.Runtime.CompilerServices;

namespace Attune.Tensors.Kernels;

/// <summary>What one row of a cross-entropy needs, forward and backward.</summary>
internal struct CrossEntropyRow
{
    /// <summary>The right class; negative for a row that does not count.</summary>
    public int Label;

    /// <summary>What the row's loss is multiplied by.</summary>
    public float Scale;

    /// <summary>The two parts of ln Σ e^x.</summary>
    public float Maximum, LogSum;

    /// <summary>Σ_j −t_j·ln softmax(x)_j, not yet scaled.</summary>
    public double Loss;
}

/// <summary>
/// Σ_j −t_j·ln softmax(x)_j of rows, fused, and its gradient (Σ t)·softmax(x) − t. The target t is the label's class with
/// (1 − smoothing)·w[label], and smoothing/V·w_j spread over all classes; w = 1 where there are no class weights.
/// </summary>
internal static unsafe class CrossEntropy
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

    /// <summary>Fills Maximum, LogSum and Loss of the rows that count.</summary>
    public static void Forward(Tensor x, CrossEntropyRow* rows, float* classWeights, float smoothing)
    {
        var job = new Job { X = x, Rows = rows, ClassWeights = classWeights, Smoothing = smoothing };
        RowChunks.Run(ForwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>dx[r,j] += dy·scale_r·(Σt·e^(x_j − lse_r) − t_j); dy is one number, or one for each row.</summary>
    public static void Backward(Tensor x, CrossEntropyRow* rows, float* classWeights, float smoothing, float* dy, bool dyByRow, Tensor dx)
    {
        var total = (double)x.Columns;
        if (classWeights is not null && smoothing != 0)
        {
            total = 0;
            for (var j = 0; j < x.Columns; j++)
                total += classWeights[j];
        }
        var job = new Job { X = x, Dx = dx, Rows = rows, ClassWeights = classWeights, Smoothing = smoothing, Dy = dy, DyByRow = dyByRow, TotalWeight = total };
        RowChunks.Run(BackwardKernel, &job, x.Rows, x.Columns);
    }

    /// <summary>x ← dy·scale_r·(softmax(x_r) − t), without class weights and smoothing; rows that do not count become zeros.</summary>
    public static void BackwardInPlace(Tensor x, CrossEntropyRow* rows, float* dy)
    {
        var job = new Job { X = x, Dx = x, Rows = rows, Dy = dy, TotalWeight = x.Columns, Replace = true };
        RowChunks.Run(BackwardKernel, &job, x.Rows, x.Columns);
    }

    private struct Job
    {
        public Tensor X, Dx;
        public CrossEntropyRow* Rows;
        public float* ClassWeights, Dy;
        public float Smoothing;
        public bool DyByRow;

        /// <summary>The gradient is written, not added.</summary>
        public bool Replace;

        public double TotalWeight;
    }

    private static void ForwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var r = start; r < end; r++)
        {
            ref var row = ref job.Rows[r];
            if (row.Label < 0)
                continue;
            var x = job.X.Row(r);
            var (maximum, logSum) = LogSumExp.Row<S, V, I>(x, n);
            (row.Maximum, row.LogSum) = (maximum, (float)logSum);
            var weight = job.ClassWeights is null ? 1 : job.ClassWeights[row.Label];
            row.Loss = (1 - job.Smoothing) * weight * ((double)maximum - x[row.Label] + logSum);
            if (job.Smoothing != 0)
                row.Loss += job.Smoothing / n * Spread<S, V, I>(x, job.ClassWeights, n, maximum, logSum);
        }
    }

    /// <summary>Σ_j w_j·(lse − x_j), by blocks of 1,024.</summary>
    private static double Spread<S, V, I>(float* x, float* weights, int n, float maximum, double logSum)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        const int Block = 1024;
        double sum = 0, total = 0;
        for (var start = 0; start < n; start += Block)
        {
            var count = Math.Min(Block, n - start);
            sum += weights is null
                ? LaneSums.SumAbout<S, V, I>(x + start, maximum, count)
                : LaneSums.DotAbout<S, V, I>(weights + start, x + start, maximum, count);
            total += weights is null ? count : LaneSums.Sum<S, V, I>(weights + start, count);
        }
        return total * logSum - sum;
    }

    private static void BackwardRows<S, V, I>(object? state, void* context, int item, int worker)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        ref var job = ref *(Job*)context;
        var n = job.X.Columns;
        var (start, end) = RowChunks.Range(item, job.X.Rows, n);
        for (var r = start; r < end; r++)
        {
            ref var row = ref job.Rows[r];
            if (row.Label < 0)
            {
                if (job.Replace)
                    job.Dx[r].Clear();
                continue;
            }
            var scale = job.Dy[job.DyByRow ? r : 0] * row.Scale;
            var spread = scale * job.Smoothing / n;
            var label = scale * (1 - job.Smoothing) * (job.ClassWeights is null ? 1 : job.ClassWeights[row.Label]);
            var mass = (float)(label + spread * job.TotalWeight);
            float* x = job.X.Row(r), dx = job.Dx.Row(r);
            var i = 0;
            for (; i <= n - S.Width; i += S.Width)
                Gradient<S, V, I>(ref job, x + i, i, row.Maximum, row.LogSum, mass, spread, dx + i);
            for (; i < n; i++)
                Gradient<SimdScalar, float, int>(ref job, x + i, i, row.Maximum, row.LogSum, mass, spread, dx + i);
            dx[row.Label] -= label;
        }
    }

    /// <summary>dx += mass·softmax(x) − spread·w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<S, V, I>(ref Job job, float* x, int column, float maximum, float logSum, float mass, float spread, float* dx)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var p = VectorMath.Exp<S, V, I>(S.Subtract(S.Subtract(S.Load(x), S.Set(maximum)), S.Set(logSum)));
        var w = job.ClassWeights is null ? S.Set(1) : S.Load(job.ClassWeights + column);
        S.Store(S.Add(job.Replace ? S.Set(0) : S.Load(dx), S.Fma(S.Set(mass), p, S.Multiply(w, S.Set(-spread)))), dx);
    }
}
