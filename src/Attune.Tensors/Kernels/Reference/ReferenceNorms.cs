namespace Attune.Tensors.Kernels.Reference;

/// <summary>The norms as their formulas have them, in float64; results are new arrays.</summary>
internal static class ReferenceNorms
{
    public static double[] Rms(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int columns, double epsilon, double offset)
    {
        var y = new double[x.Length];
        for (var start = 0; start < x.Length; start += columns)
        {
            var s = RmsScale(x.Slice(start, columns), epsilon);
            for (var j = 0; j < columns; j++)
                y[start + j] = x[start + j] * s * (w[j] + offset);
        }
        return y;
    }

    public static (double[] Dx, double[] Dw) RmsBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> dy, int columns, double epsilon, double offset)
    {
        double[] dx = new double[x.Length], dw = new double[columns];
        for (var start = 0; start < x.Length; start += columns)
        {
            var s = RmsScale(x.Slice(start, columns), epsilon);
            var dot = 0.0;
            for (var j = 0; j < columns; j++)
                dot += dy[start + j] * (w[j] + offset) * x[start + j];
            for (var j = 0; j < columns; j++)
            {
                dx[start + j] = s * (dy[start + j] * (w[j] + offset) - x[start + j] * s * s * dot / columns);
                dw[j] += dy[start + j] * x[start + j] * s;
            }
        }
        return (dx, dw);
    }

    public static double[] Layer(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> b, int columns, double epsilon)
    {
        var y = new double[x.Length];
        for (var start = 0; start < x.Length; start += columns)
        {
            var (mean, s) = Moments(x.Slice(start, columns), epsilon);
            for (var j = 0; j < columns; j++)
                y[start + j] = (x[start + j] - mean) * s * w[j] + b[j];
        }
        return y;
    }

    public static (double[] Dx, double[] Dw, double[] Db) LayerBackward(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> dy, int columns, double epsilon)
    {
        double[] dx = new double[x.Length], dw = new double[columns], db = new double[columns];
        for (var start = 0; start < x.Length; start += columns)
        {
            var (mean, s) = Moments(x.Slice(start, columns), epsilon);
            double sum = 0, dot = 0;
            for (var j = 0; j < columns; j++)
            {
                sum += dy[start + j] * (double)w[j];
                dot += dy[start + j] * (double)w[j] * (x[start + j] - mean) * s;
            }
            for (var j = 0; j < columns; j++)
            {
                var hat = (x[start + j] - mean) * s;
                dx[start + j] = s * (dy[start + j] * (double)w[j] - sum / columns - hat * dot / columns);
                dw[j] += dy[start + j] * hat;
                db[j] += dy[start + j];
            }
        }
        return (dx, dw, db);
    }

    private static double RmsScale(ReadOnlySpan<float> row, double epsilon)
    {
        var squares = 0.0;
        foreach (double v in row)
            squares += v * v;
        return 1 / Math.Sqrt(squares / row.Length + epsilon);
    }

    private static (double Mean, double Scale) Moments(ReadOnlySpan<float> row, double epsilon)
    {
        double mean = 0, variance = 0;
        foreach (var v in row)
            mean += v;
        mean /= row.Length;
        foreach (var v in row)
            variance += (v - mean) * (v - mean);
        return (mean, 1 / Math.Sqrt(variance / row.Length + epsilon));
    }
}
