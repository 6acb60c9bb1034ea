namespace Attune.Evaluation.Statistics;

/// <summary>Student's t with <c>df</c> > 0 degrees of freedom, not necessarily whole.</summary>
public static class StudentDistribution
{
    /// <summary>P(T ≤ x).</summary>
    public static double Cdf(double x, double df) => Survival(-x, df);

    /// <summary>P(T > x) = ½ I_{df/(df+x²)}(df/2, ½) for x ≥ 0, exact in the tail.</summary>
    public static double Survival(double x, double df)
    {
        Require.Positive("StudentDistribution", nameof(df), df);
        if (double.IsNaN(x))
            return double.NaN;
        if (x < 0)
            return 1 - Survival(-x, df);
        var square = x * x;
        // Near 0 the argument would round to 1, and there is no tail to lose: the complement keeps the digits.
        return square < 1
            ? 0.5 - SpecialFunctions.IncompleteBeta(0.5, df / 2, square / (df + square)) / 2
            : SpecialFunctions.IncompleteBeta(df / 2, 0.5, df / (df + square)) / 2;
    }

    /// <summary>The x with P(T ≤ x) = <paramref name="q"/>, 0 ≤ q ≤ 1; infinite at the ends.</summary>
    public static double Quantile(double q, double df)
    {
        Require.Range("StudentDistribution.Quantile", nameof(q), q, 0, 1);
        Require.Positive("StudentDistribution.Quantile", nameof(df), df);
        if (q > 0.5)
            return -Quantile(1 - q, df);
        if (q == 0)
            return double.NegativeInfinity;
        return q == 0.5 ? 0 : -Inversion.First(double.MaxValue, x => Survival(x, df) <= q);
    }
}
