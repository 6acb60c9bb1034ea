namespace Attune.Evaluation.Statistics;

/// <summary>
/// Wilcoxon's signed-rank test of d = b − a (Wilcoxon 1945). Zero differences are dropped; ties share the mean rank.
/// R+ is the sum of the ranks of positive differences. The statistic is min(R+, R−) two-sided, R+ otherwise.
/// </summary>
public static class Wilcoxon
{
    private const int LargestExact = 500;

    /// <summary>
    /// With p from all 2ⁿ signs (ties included, since the mean ranks are permuted as they are). With three pairs p cannot
    /// fall below 0.25 two-sided. Throws where no difference is left, or more than 500.
    /// </summary>
    public static TestResult Exact(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Alternative alternative = Alternative.TwoSided)
    {
        var (positive, negative, ranks) = SignedRanks(a, b);
        if (ranks.Length > LargestExact)
            throw Require.Wrong($"Wilcoxon: {ranks.Length} differences are too many for exact p, expected at most {LargestExact}; use Approximate");
        var distribution = Distribution(ranks);
        var observed = (int)Math.Round(2 * positive);
        var (atMost, atLeast) = (0.0, 0.0);
        for (var i = 0; i < distribution.Length; i++)
        {
            atMost += i <= observed ? distribution[i] : 0;
            atLeast += i >= observed ? distribution[i] : 0;
        }
        return Result(positive, negative, alternative, atLeast, atMost);
    }

    /// <summary>
    /// With p from z = (R+ − n(n+1)/4 ∓ correction) / √((n(n+1)(2n+1) − Σ(t³−t)/2)/24), the continuity correction being 0 or ½.
    /// Throws where no difference is left.
    /// </summary>
    public static TestResult Approximate(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Alternative alternative = Alternative.TwoSided, bool correction = false)
    {
        var (positive, negative, ranks) = SignedRanks(a, b);
        double n = ranks.Length;
        var ties = Ranks.SumOverTies(ranks, t => t * t * t - t);
        var deviation = Math.Sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
        var shift = positive - n * (n + 1) / 4;
        if (correction)
            shift -= alternative switch { Alternative.Greater => 0.5, Alternative.Less => -0.5, _ => 0.5 * Math.Sign(shift) };
        var z = shift / deviation;
        return Result(positive, negative, alternative, NormalDistribution.Survival(z), NormalDistribution.Cdf(z));
    }

    private static TestResult Result(double positive, double negative, Alternative alternative, double above, double below) => alternative switch
    {
        Alternative.Greater => new TestResult(positive, above),
        Alternative.Less => new TestResult(positive, below),
        _ => new TestResult(Math.Min(positive, negative), Math.Min(1, 2 * Math.Min(above, below))),
    };

    private static (double Positive, double Negative, double[] Ranks) SignedRanks(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var d = Array.FindAll(Moments.Differences("Wilcoxon", a, b), x => x != 0);
        if (d.Length == 0)
            throw Require.Wrong($"Wilcoxon: none of {a.Length} pairs differs, expected one or more; there is nothing to test");
        var ranks = Ranks.Of(Array.ConvertAll(d, Math.Abs));
        var (positive, negative) = (0.0, 0.0);
        for (var i = 0; i < d.Length; i++)
        {
            positive += d[i] > 0 ? ranks[i] : 0;
            negative += d[i] < 0 ? ranks[i] : 0;
        }
        return (positive, negative, ranks);
    }

    /// <summary>P(2R+ = i) under random signs; mean ranks are halves, so twice a rank is whole.</summary>
    private static double[] Distribution(double[] ranks)
    {
        var probability = new double[(int)Math.Round(2 * ranks.Sum()) + 1];
        probability[0] = 1;
        var reached = 0;
        foreach (var rank in ranks)
        {
            var step = (int)Math.Round(2 * rank);
            reached += step;
            for (var i = reached; i >= 0; i--)
                probability[i] = (probability[i] + (i >= step ? probability[i - step] : 0)) / 2;
        }
        return probability;
    }
}
