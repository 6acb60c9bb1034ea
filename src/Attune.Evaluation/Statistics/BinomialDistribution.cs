namespace Attune.Evaluation.Statistics;

/// <summary>The count of successes in <c>n</c> ≥ 0 independent trials of probability <c>p</c>.</summary>
public static class BinomialDistribution
{
    /// <summary>P(X = k) = C(n, k) pᵏ (1−p)ⁿ⁻ᵏ; 0 where k is outside 0 to n.</summary>
    public static double Pmf(int k, int n, double p)
    {
        Check(n, p);
        if (k < 0 || k > n)
            return 0;
        if (p is 0 or 1)
            return k == (p == 0 ? 0 : n) ? 1 : 0;
        var ways = SpecialFunctions.LogGamma(n + 1.0) - SpecialFunctions.LogGamma(k + 1.0) - SpecialFunctions.LogGamma(n - k + 1.0);
        return Math.Exp(ways + k * Math.Log(p) + (n - k) * double.LogP1(-p));
    }

    /// <summary>P(X ≤ k) = I_{1−p}(n−k, k+1).</summary>
    public static double Cdf(int k, int n, double p)
    {
        Check(n, p);
        if (k < 0)
            return 0;
        return k >= n ? 1 : SpecialFunctions.IncompleteBeta(n - k, k + 1.0, 1 - p);
    }

    /// <summary>The least k with P(X ≤ k) ≥ <paramref name="q"/>.</summary>
    public static int Quantile(double q, int n, double p)
    {
        Require.Range("BinomialDistribution.Quantile", nameof(q), q, 0, 1);
        Check(n, p);
        var (low, high) = (0, n);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            (low, high) = Cdf(middle, n, p) >= q ? (low, middle) : (middle + 1, high);
        }
        return low;
    }

    private static void Check(int n, double p)
    {
        Require.Range("BinomialDistribution", nameof(n), n, 0, int.MaxValue);
        Require.Range("BinomialDistribution", nameof(p), p, 0, 1);
    }
}
