namespace Attune.Evaluation.Statistics;

/// <summary>Student's paired t over d = b − a (Student 1908): t = mean(d)·√n / sd(d), n − 1 degrees of freedom.</summary>
public static class PairedT
{
    /// <summary>The test. NaN where every difference is 0; infinite t where they are equal and not 0. Needs 2 pairs.</summary>
    public static TestResult Test(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Alternative alternative = Alternative.TwoSided)
    {
        var d = Differences(a, b);
        var df = d.Length - 1;
        var t = Moments.Mean(d) / Math.Sqrt(Moments.Variance(d) / d.Length);
        var p = alternative switch
        {
            Alternative.Greater => StudentDistribution.Survival(t, df),
            Alternative.Less => StudentDistribution.Cdf(t, df),
            _ => 2 * StudentDistribution.Survival(Math.Abs(t), df),
        };
        return new TestResult(t, p, df);
    }

    /// <summary>The interval of mean(d): mean ± t_{(1+level)/2, n−1} · sd(d)/√n. Needs 2 pairs.</summary>
    public static Interval Interval(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double level = 0.95)
    {
        Require.Level("PairedT.Interval", level);
        var d = Differences(a, b);
        var mean = Moments.Mean(d);
        var half = StudentDistribution.Quantile((1 + level) / 2, d.Length - 1) * Math.Sqrt(Moments.Variance(d) / d.Length);
        return new Interval(mean - half, mean + half);
    }

    private static double[] Differences(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var d = Moments.Differences("PairedT", a, b);
        Require.AtLeast("PairedT", d.Length, 2);
        return d;
    }
}
