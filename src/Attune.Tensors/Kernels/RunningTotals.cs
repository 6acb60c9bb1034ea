namespace Attune.Tensors.Kernels;

/// <summary>Running sums and products along each row, in float64, elements in order.</summary>
internal static unsafe class RunningTotals
{
    /// <summary>y[j] = Σ_{i≤j} x[i], or Π where <paramref name="products"/>.</summary>
    public static void Forward(Tensor x, bool products, Tensor y) => Run(new Job { X = x, Y = y, Products = products, Forward = true });

    /// <summary>dx[i] += Σ_{j≥i} dy[j]·∂y[j]/∂x[i].</summary>
    public static void Backward(Tensor x, bool products, Tensor dy, Tensor dx) => Run(new Job { X = x, Y = dy, Dx = dx, Products = products });

    private static void Run(Job job) => RowChunks.Run(&Rows, &job, job.Y.Rows, job.Y.Columns);

    private struct Job
    {
        public Tensor X, Y, Dx;
        public bool Products, Forward;
    }

    private static void Rows(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        var (start, end) = RowChunks.Range(item, job.Y.Rows, job.Y.Columns);
        for (var row = start; row < end; row++)
            if (job.Forward)
                Values(job.X[row], job.Products, job.Y[row]);
            else if (job.Products)
                ProductGradient(job.X[row], job.Y[row], job.Dx[row]);
            else
                SumGradient(job.Y[row], job.Dx[row]);
    }

    private static void Values(ReadOnlySpan<float> x, bool products, Span<float> y)
    {
        var total = products ? 1.0 : 0.0;
        for (var i = 0; i < x.Length; i++)
            y[i] = (float)(total = products ? total * x[i] : total + x[i]);
    }

    private static void SumGradient(ReadOnlySpan<float> dy, Span<float> dx)
    {
        var sum = 0.0;
        for (var i = dy.Length - 1; i >= 0; i--)
            dx[i] += (float)(sum += dy[i]);
    }

    /// <summary>∂y[j]/∂x[i] is the product of all up to j but x[i]; by quotients it would fail at zeros.</summary>
    private static void ProductGradient(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        var before = 1.0;
        for (var i = 0; i < x.Length; before *= x[i++])
        {
            var (product, sum) = (before, 0.0);
            for (var j = i; j < x.Length; j++)
                sum += (product *= j == i ? 1 : x[j]) * dy[j];
            dx[i] += (float)sum;
        }
    }
}
