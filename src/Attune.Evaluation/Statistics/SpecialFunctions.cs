using Special = MathNet.Numerics.SpecialFunctions;

namespace Attune.Evaluation.Statistics;

/// <summary>
/// The special functions behind the distributions, to about 1e-13 relative. Incomplete functions are regularised, and each
/// comes with its complement, since 1 − P loses the tail.
/// </summary>
public static class SpecialFunctions
{
    /// <summary>ln Γ(x), x > 0.</summary>
    public static double LogGamma(double x)
    {
        Require.Positive("LogGamma", nameof(x), x);
        return Special.GammaLn(x);
    }

    /// <summary>ψ(x) = d ln Γ(x) / dx, x > 0.</summary>
    public static double Digamma(double x)
    {
        Require.Positive("Digamma", nameof(x), x);
        return Special.DiGamma(x);
    }

    /// <summary>erf(x) = 2/√π ∫₀ˣ exp(−t²) dt.</summary>
    public static double Erf(double x) => Special.Erf(x);

    /// <summary>erfc(x) = 1 − erf(x), exact in the upper tail.</summary>
    public static double Erfc(double x) => Special.Erfc(x);

    /// <summary>The x with erf(x) = <paramref name="y"/>, −1 ≤ y ≤ 1; infinite at the ends.</summary>
    public static double ErfInverse(double y)
    {
        Require.Range("ErfInverse", nameof(y), y, -1, 1);
        return Special.ErfInv(y);
    }

    /// <summary>I_x(a, b) = ∫₀ˣ t^(a−1)(1−t)^(b−1) dt / B(a, b), 0 ≤ x ≤ 1, a and b > 0.</summary>
    public static double IncompleteBeta(double a, double b, double x)
    {
        Require.Positive("IncompleteBeta", nameof(a), a);
        Require.Positive("IncompleteBeta", nameof(b), b);
        Require.Range("IncompleteBeta", nameof(x), x, 0, 1);
        return Special.BetaRegularized(a, b, x);
    }

    /// <summary>P(a, x) = ∫₀ˣ t^(a−1) e^(−t) dt / Γ(a), a > 0, x ≥ 0.</summary>
    public static double LowerGamma(double a, double x)
    {
        Require.Positive("LowerGamma", nameof(a), a);
        Require.Range("LowerGamma", nameof(x), x, 0, double.PositiveInfinity);
        return IncompleteGamma.Lower(a, x);
    }

    /// <summary>Q(a, x) = 1 − P(a, x).</summary>
    public static double UpperGamma(double a, double x)
    {
        Require.Positive("UpperGamma", nameof(a), a);
        Require.Range("UpperGamma", nameof(x), x, 0, double.PositiveInfinity);
        return IncompleteGamma.Upper(a, x);
    }
}
