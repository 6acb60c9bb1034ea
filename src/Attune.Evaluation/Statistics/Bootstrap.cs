using Attune.Tensors;

namespace Attune.Evaluation.Statistics;

/// <summary>
/// Bootstrap intervals of a mean (Efron and Tibshirani 1993). A draw is an array of row indices with replacement;
/// <see cref="Draw"/> makes them, or they are given. Percentiles interpolate linearly at (B − 1)·q.
/// </summary>
public static class Bootstrap
{
    /// <summary><paramref name="draws"/> resamples of <paramref name="rows"/> rows each.</summary>
    public static int[][] Draw(int rows, int draws, SeededRandom random)
    {
        Require.AtLeast("Bootstrap", rows, 1);
        var result = new int[draws][];
        for (var i = 0; i < draws; i++)
        {
            result[i] = new int[rows];
            for (var j = 0; j < rows; j++)
                result[i][j] = random.Next(rows);
        }
        return result;
    }

    /// <summary>The (1 ± level)/2 percentiles of the means over the draws.</summary>
    public static Interval Percentile(ReadOnlySpan<double> values, ReadOnlySpan<int[]> draws, double level = 0.95)
    {
        Require.Level("Bootstrap.Percentile", level);
        var means = SortedMeans(values, draws);
        return new Interval(Moments.Percentile(means, (1 - level) / 2), Moments.Percentile(means, (1 + level) / 2));
    }

    /// <summary>
    /// Bias-corrected and accelerated (Efron 1987): z0 = Φ⁻¹((#below + ½ #equal)/B), a = Σd³ / (6(Σd²)^1.5) with d the mean less
    /// each jackknife mean, percentiles at Φ(z0 + (z0 + z)/(1 − a(z0 + z))). Needs 2 values.
    /// Where every draw lies on one side of the mean, z0 is infinite and the interval is the extreme draw.
    /// </summary>
    public static BcaInterval Bca(ReadOnlySpan<double> values, ReadOnlySpan<int[]> draws, double level = 0.95)
    {
        Require.Level("Bootstrap.Bca", level);
        Require.AtLeast("Bootstrap.Bca", values.Length, 2);
        var means = SortedMeans(values, draws);
        var mean = Moments.Mean(values);
        var z0 = NormalDistribution.Quantile(ShareBelow(means, mean));
        var acceleration = Acceleration(values, mean);
        return new BcaInterval(new Interval(At((1 - level) / 2), At((1 + level) / 2)), z0, acceleration);

        double At(double q)
        {
            var z = z0 + NormalDistribution.Quantile(q);
            return Moments.Percentile(means, double.IsInfinity(z0) ? z0 > 0 ? 1 : 0 : NormalDistribution.Cdf(z0 + z / (1 - acceleration * z)));
        }
    }

    /// <summary>(#below + ½ #equal)/B; the same rows in another order are equal, though their sums may round apart.</summary>
    private static double ShareBelow(double[] means, double mean)
    {
        var rounding = 1e-12 * means.Max(Math.Abs);
        var below = 0.0;
        foreach (var drawn in means)
            below += drawn < mean - rounding ? 1 : drawn <= mean + rounding ? 0.5 : 0;
        return below / means.Length;
    }

    private static double Acceleration(ReadOnlySpan<double> values, double mean)
    {
        // The mean without row i is mean − (xᵢ − mean)/(n − 1), so each jackknife difference is (xᵢ − mean)/(n − 1).
        var (squares, cubes) = (0.0, 0.0);
        foreach (var value in values)
        {
            var d = (value - mean) / (values.Length - 1);
            squares += d * d;
            cubes += d * d * d;
        }
        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
    }

    private static double[] SortedMeans(ReadOnlySpan<double> values, ReadOnlySpan<int[]> draws)
    {
        Require.AtLeast("Bootstrap", values.Length, 1);
        Require.AtLeast("Bootstrap", draws.Length, 1);
        Require.Finite("Bootstrap", values);
        var means = new double[draws.Length];
        for (var i = 0; i < draws.Length; i++)
        {
            var sum = 0.0;
            foreach (var row in draws[i])
                sum += values[row];
            means[i] = sum / draws[i].Length;
        }
        Array.Sort(means);
        return means;
    }
}
