namespace Attune.Evaluation.Statistics;

/// <summary>Intervals of a proportion from <c>successes</c> in <c>trials</c> ≥ 1 independent trials.</summary>
public static class Proportions
{
    /// <summary>Clopper and Pearson (1934), never too narrow: quantiles of Beta(k, n−k+1) and Beta(k+1, n−k).</summary>
    public static Interval ClopperPearson(int successes, int trials, double level = 0.95)
    {
        Check("ClopperPearson", successes, trials, level);
        var tail = (1 - level) / 2;
        var failures = trials - successes;
        return new Interval(
            successes == 0 ? 0 : BetaDistribution.Quantile(tail, successes, failures + 1.0),
            failures == 0 ? 1 : BetaDistribution.Quantile(1 - tail, successes + 1.0, failures));
    }

    /// <summary>Wilson (1927): (p + z²/2n ± z√(p(1−p)/n + z²/4n²)) / (1 + z²/n).</summary>
    public static Interval Wilson(int successes, int trials, double level = 0.95)
    {
        var (n, p, z) = Check("Wilson", successes, trials, level);
        var square = z * z;
        var centre = p + square / (2 * n);
        var half = z * Math.Sqrt(p * (1 - p) / n + square / (4 * n * n));
        var scale = 1 + square / n;
        return new Interval(
            successes == 0 ? 0 : (centre - half) / scale,
            successes == trials ? 1 : (centre + half) / scale);
    }

    /// <summary>Wilson's interval with continuity correction (Newcombe 1998, method 4).</summary>
    public static Interval WilsonContinuity(int successes, int trials, double level = 0.95)
    {
        var (n, p, z) = Check("WilsonContinuity", successes, trials, level);
        var square = z * z;
        var centre = 2 * n * p + square;
        var scale = 2 * (n + square);
        var below = z * Math.Sqrt(square - 2 - 1 / n + 4 * p * (n * (1 - p) + 1));
        var above = z * Math.Sqrt(square + 2 - 1 / n + 4 * p * (n * (1 - p) - 1));
        return new Interval(
            successes == 0 ? 0 : Math.Max(0, (centre - 1 - below) / scale),
            successes == trials ? 1 : Math.Min(1, (centre + 1 + above) / scale));
    }

    private static (double N, double P, double Z) Check(string subject, int successes, int trials, double level)
    {
        Require.AtLeast(subject, trials, 1);
        Require.Range(subject, nameof(successes), successes, 0, trials);
        Require.Level(subject, level);
        return (trials, successes / (double)trials, NormalDistribution.Quantile((1 + level) / 2));
    }
}
