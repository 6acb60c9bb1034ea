namespace Attune.Tensors.Kernels;

/// <summary>Runs a reduction over the rows of a matrix, forward and backward.</summary>
internal static unsafe class RowReduction<F>
    where F : struct, IRowReduction
{
    public static void Forward(Tensor x, double p, Tensor y)
    {
        var job = new Job { X = x, Y = y, P = p };
        RowChunks.Run(&Values, &job, x.Rows, x.Columns);
    }

    public static void Backward(Tensor x, double p, Tensor y, Tensor dy, Tensor dx)
    {
        var job = new Job { X = x, Y = y, Dy = dy, Dx = dx, P = p };
        RowChunks.Run(&Gradients, &job, x.Rows, x.Columns);
    }

    private struct Job
    {
        public Tensor X, Y, Dy, Dx;
        public double P;
    }

    private static void Values(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.X.Rows, job.X.Columns);
        for (var row = start; row < end; row++)
            job.Y.Data[row] = (float)F.Value(job.X[row], job.P);
    }

    private static void Gradients(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.X.Rows, job.X.Columns);
        for (var row = start; row < end; row++)
            F.Gradient(job.X[row], job.P, job.Y.Data[row], job.Dy.Data[row], job.Dx[row]);
    }
}
