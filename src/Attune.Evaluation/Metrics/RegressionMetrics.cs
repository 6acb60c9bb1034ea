using Attune.Evaluation.Statistics;

namespace Attune.Evaluation.Metrics;

/// <summary>Errors of predicted numbers.</summary>
public static class RegressionMetrics
{
    /// <summary>1 − Σ(y−ŷ)²/Σ(y−ȳ)², needs 2 rows. Constant gold gives −∞, or NaN where it is also predicted exactly.</summary>
    public static double R2(ReadOnlySpan<double> gold, ReadOnlySpan<double> predicted)
    {
        Check("R2", gold, predicted, 2);
        var error = MeanSquared(gold, predicted) * gold.Length;
        var total = Moments.Variance(gold) * (gold.Length - 1);
        return 1 - error / total;
    }

    /// <summary>Mean of (y − ŷ)², needs one row.</summary>
    public static double MeanSquared(ReadOnlySpan<double> gold, ReadOnlySpan<double> predicted)
    {
        Check("MeanSquared", gold, predicted, 1);
        var sum = 0.0;
        for (var i = 0; i < gold.Length; i++)
            sum += (gold[i] - predicted[i]) * (gold[i] - predicted[i]);
        return sum / gold.Length;
    }

    /// <summary>Mean of |y − ŷ|, needs one row.</summary>
    public static double MeanAbsolute(ReadOnlySpan<double> gold, ReadOnlySpan<double> predicted)
    {
        Check("MeanAbsolute", gold, predicted, 1);
        var sum = 0.0;
        for (var i = 0; i < gold.Length; i++)
            sum += Math.Abs(gold[i] - predicted[i]);
        return sum / gold.Length;
    }

    private static void Check(string subject, ReadOnlySpan<double> gold, ReadOnlySpan<double> predicted, int needed)
    {
        Require.SameLength(subject, gold.Length, predicted.Length);
        Require.AtLeast(subject, gold.Length, needed);
        Require.Finite(subject, gold);
        Require.Finite(subject, predicted);
    }
}
