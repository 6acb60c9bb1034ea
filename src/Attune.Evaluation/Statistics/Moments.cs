namespace Attune.Evaluation.Statistics;

/// <summary>Means, variances and percentiles that the tests share.</summary>
internal static class Moments
{
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    /// <summary>Σ(x − mean)² / (n − 1), in two passes so that a large offset costs no digits.</summary>
    public static double Variance(ReadOnlySpan<double> values)
    {
        var mean = Mean(values);
        var sum = 0.0;
        foreach (var value in values)
            sum += (value - mean) * (value - mean);
        return sum / (values.Length - 1);
    }

    /// <summary>b − a, row by row.</summary>
    public static double[] Differences(string subject, ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Require.SameLength(subject, a.Length, b.Length);
        Require.Finite(subject, a);
        Require.Finite(subject, b);
        var differences = new double[a.Length];
        for (var i = 0; i < a.Length; i++)
            differences[i] = b[i] - a[i];
        return differences;
    }

    /// <summary>The value at position (n − 1)·q of sorted values, between two of them in proportion.</summary>
    public static double Percentile(ReadOnlySpan<double> sorted, double q)
    {
        var position = (sorted.Length - 1) * Math.Clamp(q, 0, 1);
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
