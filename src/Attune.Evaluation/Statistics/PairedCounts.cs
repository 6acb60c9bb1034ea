namespace Attune.Evaluation.Statistics;

/// <summary>Tests over counts of pairs that differ: the sign test, and McNemar's (1947) for two classifiers on the same rows.</summary>
public static class PairedCounts
{
    /// <summary>The two-sided sign test of b − a; zeros are dropped, and p is 1 where nothing is left.</summary>
    public static double SignTest(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (above, below) = (0, 0);
        foreach (var d in Moments.Differences("SignTest", a, b))
        {
            above += d > 0 ? 1 : 0;
            below += d < 0 ? 1 : 0;
        }
        return TwoSided(above, below);
    }

    /// <summary>McNemar's exact two-sided p, from how many rows only one of the two gets right.</summary>
    public static double McNemarExact(int onlyARight, int onlyBRight)
    {
        Check(onlyARight, onlyBRight);
        return TwoSided(onlyARight, onlyBRight);
    }

    /// <summary>χ² = (max(|b − c| − correction, 0))² / (b + c), one degree of freedom, the correction being 0 or 1; NaN where b + c is 0.</summary>
    public static TestResult McNemarChiSquared(int onlyARight, int onlyBRight, bool correction = true)
    {
        Check(onlyARight, onlyBRight);
        double gap = Math.Max(Math.Abs((double)onlyARight - onlyBRight) - (correction ? 1 : 0), 0);
        var disagreements = (double)onlyARight + onlyBRight;
        if (disagreements == 0)
            return new TestResult(double.NaN, double.NaN, 1);
        var statistic = gap * gap / disagreements;
        return new TestResult(statistic, ChiSquaredDistribution.Survival(statistic, 1), 1);
    }

    private static double TwoSided(int above, int below) =>
        Math.Min(1, 2 * BinomialDistribution.Cdf(Math.Min(above, below), above + below, 0.5));

    private static void Check(int first, int second)
    {
        Require.Range("McNemar", "the first count", first, 0, int.MaxValue);
        Require.Range("McNemar", "the second count", second, 0, int.MaxValue - first);
    }
}
