namespace Attune.Evaluation.Statistics;

/// <summary>χ² with <c>df</c> > 0 degrees of freedom.</summary>
public static class ChiSquaredDistribution
{
    /// <summary>P(X ≤ x) = P(df/2, x/2).</summary>
    public static double Cdf(double x, double df) => SpecialFunctions.LowerGamma(df / 2, Math.Max(x, 0) / 2);

    /// <summary>P(X > x) = Q(df/2, x/2), exact in the tail.</summary>
    public static double Survival(double x, double df) => SpecialFunctions.UpperGamma(df / 2, Math.Max(x, 0) / 2);

    /// <summary>The x with P(X ≤ x) = <paramref name="q"/>, 0 ≤ q ≤ 1.</summary>
    public static double Quantile(double q, double df)
    {
        Require.Range("ChiSquaredDistribution.Quantile", nameof(q), q, 0, 1);
        Require.Positive("ChiSquaredDistribution.Quantile", nameof(df), df);
        if (q == 1)
            return double.PositiveInfinity;
        return q <= 0.5
            ? Inversion.First(double.MaxValue, x => Cdf(x, df) >= q)
            : Inversion.First(double.MaxValue, x => Survival(x, df) <= 1 - q);
    }
}
