namespace Attune.Evaluation.Statistics;

/// <summary>
/// The regularised incomplete gamma functions, exact in both tails: a series below x = a + 1, Lentz's continued fraction above
/// (NIST DLMF 8.7.1 and 8.9.2).
/// </summary>
internal static class IncompleteGamma
{
    private const double Epsilon = 1e-16;
    private const double Tiny = 1e-300;

    public static double Lower(double a, double x) => x < a + 1 ? Series(a, x) : 1 - Fraction(a, x);

    public static double Upper(double a, double x) => x < a + 1 ? 1 - Series(a, x) : Fraction(a, x);

    /// <summary>x^a e^(−x) / Γ(a + 1) · Σ xⁿ / ((a + 1)…(a + n)).</summary>
    private static double Series(double a, double x)
    {
        if (x == 0)
            return 0;
        var (sum, term) = (1.0, 1.0);
        for (var n = 1; term > Epsilon * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return sum * Math.Exp(a * Math.Log(x) - x - SpecialFunctions.LogGamma(a + 1));
    }

    /// <summary>x^a e^(−x) / Γ(a) · 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …))).</summary>
    private static double Fraction(double a, double x)
    {
        if (double.IsInfinity(x))
            return 0;
        var denominator = x + 1 - a;
        var (c, d) = (1 / Tiny, 1 / denominator);
        var value = d;
        for (var i = 1; ; i++)
        {
            var numerator = -i * (i - a);
            denominator += 2;
            d = 1 / NotZero(numerator * d + denominator);
            c = NotZero(denominator + numerator / c);
            var factor = c * d;
            value *= factor;
            // 2⁻⁵²: rounding keeps the factor from coming closer to 1 than that.
            if (!(Math.Abs(factor - 1) > 2.3e-16))
                break;
        }
        return value * Math.Exp(a * Math.Log(x) - x - SpecialFunctions.LogGamma(a));
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
