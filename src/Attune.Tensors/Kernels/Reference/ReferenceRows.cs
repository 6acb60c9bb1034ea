namespace Attune.Tensors.Kernels.Reference;

/// <summary>Sums, means, lengths and rotations over rows, in float64; results are new arrays.</summary>
internal static class ReferenceRows
{
    /// <summary>Σ_r dy[r,j]·x[r,j] for each column.</summary>
    public static double[] ColumnProducts(ReadOnlySpan<float> dy, ReadOnlySpan<float> x, int columns)
    {
        var sum = new double[columns];
        for (var i = 0; i < dy.Length; i++)
            sum[i % columns] += (double)dy[i] * x[i];
        return sum;
    }

    /// <summary>sum[rows[i]] = Σ_i x[i].</summary>
    public static double[] ScatterAdd(ReadOnlySpan<float> x, ReadOnlySpan<int> rows, int skip, int targetRows, int columns)
    {
        var sum = new double[targetRows * columns];
        for (var i = 0; i < rows.Length; i++)
            for (var j = 0; j < columns && rows[i] != skip; j++)
                sum[rows[i] * columns + j] += x[i * columns + j];
        return sum;
    }

    public static double[] MeanPool(ReadOnlySpan<float> x, ReadOnlySpan<int> lengths, int columns)
    {
        var y = new double[lengths.Length * columns];
        var row = 0;
        for (var run = 0; run < lengths.Length; run++)
            for (var i = 0; i < lengths[run]; i++, row++)
                for (var j = 0; j < columns; j++)
                    y[run * columns + j] += x[row * columns + j] / (double)lengths[run];
        return y;
    }

    public static double[] L2Normalise(ReadOnlySpan<float> x, int columns, double epsilon)
    {
        var y = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var row = x.Slice(i / columns * columns, columns);
            y[i] = x[i] / Math.Max(Math.Sqrt(Dot(row, row)), epsilon);
        }
        return y;
    }

    public static double[] Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int columns, double epsilon)
    {
        var y = new double[a.Length / columns];
        for (var r = 0; r < y.Length; r++)
        {
            ReadOnlySpan<float> ra = a.Slice(r * columns, columns), rb = b.Slice(r * columns, columns);
            y[r] = Dot(ra, rb) / Math.Max(Math.Sqrt(Dot(ra, ra)), epsilon) / Math.Max(Math.Sqrt(Dot(rb, rb)), epsilon);
        }
        return y;
    }

    public static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }

    /// <summary>Rotary embedding of one row of heads: pairs (i, i + d/2), or (2i, 2i + 1), turned by position·θ_i.</summary>
    public static double[] Rope(ReadOnlySpan<float> x, RopeSettings settings, int position, int headDim)
    {
        var theta = RopeFrequencies.Compute(settings);
        var factor = RopeFrequencies.AttentionFactor(settings);
        var y = new double[x.Length];
        for (var i = 0; i < x.Length; i++)
            y[i] = x[i];
        for (var head = 0; head < x.Length; head += headDim)
            for (var i = 0; i < theta.Length; i++)
            {
                var first = head + (settings.Interleaved ? 2 * i : i);
                var second = first + (settings.Interleaved ? 1 : theta.Length);
                var (sin, cos) = Math.SinCos(position * theta[i]);
                y[first] = (x[first] * cos - x[second] * sin) * factor;
                y[second] = (x[second] * cos + x[first] * sin) * factor;
            }
        return y;
    }
}
