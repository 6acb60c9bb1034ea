using Special = MathNet.Numerics.SpecialFunctions;

namespace Attune.Evaluation.Statistics;

/// <summary>The standard normal distribution, N(0, 1).</summary>
public static class NormalDistribution
{
    private const double Sqrt2 = 1.4142135623730951;

    /// <summary>Φ(x) = erfc(−x/√2)/2.</summary>
    public static double Cdf(double x) => SpecialFunctions.Erfc(-x / Sqrt2) / 2;

    /// <summary>1 − Φ(x), exact in the tail.</summary>
    public static double Survival(double x) => Cdf(-x);

    /// <summary>Φ⁻¹(q), 0 ≤ q ≤ 1; infinite at the ends.</summary>
    public static double Quantile(double q)
    {
        Require.Range("NormalDistribution.Quantile", nameof(q), q, 0, 1);
        // From 1/2 on, 1 − q is exact, so both tails are inverted where erfc is small.
        return q <= 0.5 ? -Sqrt2 * Special.ErfcInv(2 * q) : Sqrt2 * Special.ErfcInv(2 * (1 - q));
    }
}
