namespace Attune.Tensors.Kernels.Reference;

/// <summary>Softmax and what stands on it, row by row in float64; results are new arrays.</summary>
internal static class ReferenceSoftmax
{
    public static double LogSumExp(ReadOnlySpan<float> row)
    {
        var maximum = double.NegativeInfinity;
        foreach (var v in row)
            maximum = Math.Max(maximum, v);
        if (!double.IsFinite(maximum))
            return maximum;
        var sum = 0.0;
        foreach (var v in row)
            sum += Math.Exp(v - maximum);
        return maximum + Math.Log(sum);
    }

    public static double[] LogSoftmax(ReadOnlySpan<float> x, int columns)
    {
        var y = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i] - LogSumExp(x.Slice(i / columns * columns, columns));
        return y;
    }

    public static double[] Softmax(ReadOnlySpan<float> x, int columns) => Array.ConvertAll(LogSoftmax(x, columns), Math.Exp);

    /// <summary>dx = y·(dy − Σ dy·y).</summary>
    public static double[] SoftmaxBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, int columns)
    {
        var y = Softmax(x, columns);
        var dx = new double[x.Length];
        for (var start = 0; start < x.Length; start += columns)
        {
            var dot = 0.0;
            for (var j = start; j < start + columns; j++)
                dot += dy[j] * y[j];
            for (var j = start; j < start + columns; j++)
                dx[j] = y[j] * (dy[j] - dot);
        }
        return dx;
    }

    /// <summary>dx = dy − softmax(x)·Σ dy.</summary>
    public static double[] LogSoftmaxBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, int columns)
    {
        var y = Softmax(x, columns);
        var dx = new double[x.Length];
        for (var start = 0; start < x.Length; start += columns)
        {
            var sum = 0.0;
            for (var j = start; j < start + columns; j++)
                sum += dy[j];
            for (var j = start; j < start + columns; j++)
                dx[j] = dy[j] - y[j] * sum;
        }
        return dx;
    }

    /// <summary>Each row's loss, −Σ t·ln softmax, and its gradient, 0 where the label is negative; w may be empty.</summary>
    public static (double[] Loss, double[] Dx) CrossEntropy(ReadOnlySpan<float> x, ReadOnlySpan<int> labels, ReadOnlySpan<float> w, double smoothing, int columns)
    {
        var log = LogSoftmax(x, columns);
        double[] loss = new double[labels.Length], dx = new double[x.Length], target = new double[columns];
        for (var r = 0; r < labels.Length; r++)
        {
            if (labels[r] < 0)
                continue;
            var mass = 0.0;
            for (var j = 0; j < columns; j++)
            {
                var weight = w.IsEmpty ? 1.0 : w[j];
                target[j] = weight * (smoothing / columns + (j == labels[r] ? 1 - smoothing : 0));
                mass += target[j];
                loss[r] -= target[j] == 0 ? 0 : target[j] * log[r * columns + j];
            }
            for (var j = 0; j < columns; j++)
                dx[r * columns + j] = mass * Math.Exp(log[r * columns + j]) - target[j];
        }
        return (loss, dx);
    }
}
