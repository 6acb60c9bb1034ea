using Attune.Evaluation.Statistics;

namespace Attune.Evaluation.Metrics;

/// <summary>Correlations of two columns of at least 2 values; NaN where one side is constant.</summary>
public static class Correlation
{
    /// <summary>Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²), within ±1.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check("Pearson", x, y);
        var (meanX, meanY) = (Moments.Mean(x), Moments.Mean(y));
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        return xx == 0 || yy == 0 ? double.NaN : Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    /// <summary>Pearson's correlation of the ranks; ties share the mean rank.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check("Spearman", x, y);
        return Pearson(Ranks.Of(x), Ranks.Of(y));
    }

    /// <summary>
    /// Kendall's τ-b: (concordant − discordant) / √((pairs − ties in x)(pairs − ties in y)), counted in n log n by Knight's
    /// (1966) merge sort.
    /// </summary>
    public static double KendallTauB(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check("KendallTauB", x, y);
        var rows = new (double X, double Y)[x.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = (x[i], y[i]);
        Array.Sort(rows);
        var tiedX = Ranks.SumOverTies(x, Pairs);
        var tiedY = Ranks.SumOverTies(y, Pairs);
        var tiedBoth = TiedInBoth(rows);
        var swaps = Swaps(Array.ConvertAll(rows, row => row.Y));
        var pairs = Pairs(rows.Length);
        var scale = Math.Sqrt(pairs - tiedX) * Math.Sqrt(pairs - tiedY);
        return scale == 0 ? double.NaN : (pairs - tiedX - tiedY + tiedBoth - 2 * swaps) / scale;
    }

    private static double Pairs(double count) => count * (count - 1) / 2;

    private static double TiedInBoth((double X, double Y)[] sorted)
    {
        var sum = 0.0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
                end++;
            sum += Pairs(end - start);
            start = end;
        }
        return sum;
    }

    /// <summary>How many pairs of <paramref name="values"/> stand in strictly descending order; sorts them.</summary>
    private static double Swaps(Span<double> values)
    {
        if (values.Length < 2)
            return 0;
        var middle = values.Length / 2;
        var (left, right) = (values[..middle].ToArray(), values[middle..].ToArray());
        var swaps = Swaps(left) + Swaps(right);
        var (i, j) = (0, 0);
        for (var k = 0; k < values.Length; k++)
        {
            if (j == right.Length || (i < left.Length && left[i] <= right[j]))
            {
                values[k] = left[i++];
                continue;
            }
            swaps += left.Length - i;
            values[k] = right[j++];
        }
        return swaps;
    }

    private static void Check(string subject, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Require.SameLength(subject, x.Length, y.Length);
        Require.AtLeast(subject, x.Length, 2);
        Require.Finite(subject, x);
        Require.Finite(subject, y);
    }
}
