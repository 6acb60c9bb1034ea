namespace Attune.Evaluation.Statistics;

/// <summary>Cohen's d (Cohen 1988): a difference of means in standard deviations.</summary>
public static class EffectSize
{
    /// <summary>mean(b − a) / sd(b − a); NaN where every difference is 0. Needs 2 pairs.</summary>
    public static double CohenPaired(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var d = Moments.Differences("CohenPaired", a, b);
        Require.AtLeast("CohenPaired", d.Length, 2);
        return Moments.Mean(d) / Math.Sqrt(Moments.Variance(d));
    }

    /// <summary>(mean(b) − mean(a)) / s, s² = ((n_a−1)s_a² + (n_b−1)s_b²)/(n_a + n_b − 2). Needs 2 values on each side.</summary>
    public static double CohenIndependent(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Require.AtLeast("CohenIndependent", Math.Min(a.Length, b.Length), 2);
        Require.Finite("CohenIndependent", a);
        Require.Finite("CohenIndependent", b);
        var pooled = ((a.Length - 1) * Moments.Variance(a) + (b.Length - 1) * Moments.Variance(b)) / (a.Length + b.Length - 2);
        return (Moments.Mean(b) - Moments.Mean(a)) / Math.Sqrt(pooled);
    }
}
