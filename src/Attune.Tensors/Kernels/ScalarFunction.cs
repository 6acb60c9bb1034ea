namespace Attune.Tensors.Kernels;

/// <summary>Runs a function of float64 over a matrix, forward and backward, each element rounded once.</summary>
internal readonly unsafe struct ScalarFunction<F> : IUnaryKernel
    where F : struct, IScalarFunction
{
    public static void Forward(Tensor x, float p, float q, Tensor y)
    {
        var job = new Job { X = x.Data, Y = y.Data, P = p, Q = q, Count = y.Count };
        Chunks.Run(&Values, &job, y.Count);
    }

    public static void Backward(Tensor x, float p, float q, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x.Data, Dy = dy.Data, Y = dx.Data, P = p, Q = q, Count = dx.Count };
        Chunks.Run(&Slopes, &job, dx.Count);
    }

    private struct Job
    {
        public float* X, Dy, Y;
        public double P, Q;
        public long Count;
    }

    private static void Values(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        for (var i = start; i < end; i++)
            job.Y[i] = (float)F.Value(job.X[i], job.P, job.Q);
    }

    private static void Slopes(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = Chunks.Range(item, job.Count);
        for (var i = start; i < end; i++)
            job.Y[i] = (float)(job.Y[i] + job.Dy[i] * F.Slope(job.X[i], job.P, job.Q));
    }
}
