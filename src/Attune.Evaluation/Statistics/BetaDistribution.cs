namespace Attune.Evaluation.Statistics;

/// <summary>Beta(a, b) over [0, 1], a and b > 0.</summary>
public static class BetaDistribution
{
    /// <summary>P(X ≤ x) = I_x(a, b); 0 below 0 and 1 above 1.</summary>
    public static double Cdf(double x, double a, double b) => SpecialFunctions.IncompleteBeta(a, b, Math.Clamp(x, 0, 1));

    /// <summary>The x with P(X ≤ x) = <paramref name="q"/>, 0 ≤ q ≤ 1.</summary>
    public static double Quantile(double q, double a, double b)
    {
        Require.Range("BetaDistribution.Quantile", nameof(q), q, 0, 1);
        Require.Positive("BetaDistribution.Quantile", nameof(a), a);
        Require.Positive("BetaDistribution.Quantile", nameof(b), b);
        if (q == 1)
            return 1;
        return q <= 0.5
            ? Inversion.First(1, x => SpecialFunctions.IncompleteBeta(a, b, x) >= q)
            : 1 - Inversion.First(1, y => SpecialFunctions.IncompleteBeta(b, a, y) >= 1 - q);
    }
}
