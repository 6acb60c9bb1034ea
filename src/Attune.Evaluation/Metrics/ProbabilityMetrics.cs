using Attune.Evaluation.Statistics;

namespace Attune.Evaluation.Metrics;

/// <summary>
/// Metrics of predicted probabilities. Binary ones take the probability of the positive class; those of several classes take
/// <c>probabilities[row][class]</c> and gold class indices. All need one row.
/// </summary>
public static class ProbabilityMetrics
{
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>The chance that a positive row scores above a negative one, ties half: (Σ ranks of positives − n₊(n₊+1)/2) / (n₊n₋). NaN with one class.</summary>
    public static double Auroc(ReadOnlySpan<double> score, ReadOnlySpan<bool> positive)
    {
        Check("Auroc", score, positive);
        var ranks = Ranks.Of(score);
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < ranks.Length; i++)
        {
            sum += positive[i] ? ranks[i] : 0;
            count += positive[i] ? 1 : 0;
        }
        double pairs = count * (double)(ranks.Length - count);
        return pairs == 0 ? double.NaN : (sum - count * (count + 1.0) / 2) / pairs;
    }

    /// <summary>Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores descending, without interpolation; 0 where no row is positive.</summary>
    public static double AveragePrecision(ReadOnlySpan<double> score, ReadOnlySpan<bool> positive)
    {
        Check("AveragePrecision", score, positive);
        var sorted = score.ToArray();
        var order = Ranks.Order(sorted.Length);
        Array.Sort(sorted, order);
        var (sum, found, before) = (0.0, 0, 0);
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            found += positive[order[i]] ? 1 : 0;
            if (i > 0 && sorted[i - 1] == sorted[i])
                continue;
            sum += (found - before) * (found / (double)(sorted.Length - i));
            before = found;
        }
        return found == 0 ? 0 : sum / found;
    }

    /// <summary>Mean of −ln p(gold), p clipped to [ε, 1 − ε] with ε = 2⁻⁵².</summary>
    public static double LogLoss(ReadOnlySpan<double> probability, ReadOnlySpan<bool> positive)
    {
        CheckProbability("LogLoss", probability, positive);
        var sum = 0.0;
        for (var i = 0; i < probability.Length; i++)
        {
            var p = Math.Clamp(probability[i], Epsilon, 1 - Epsilon);
            sum -= Math.Log(positive[i] ? p : 1 - p);
        }
        return sum / probability.Length;
    }

    /// <summary>Mean of (p − y)², y 1 where positive (Brier 1950): 0 to 1.</summary>
    public static double Brier(ReadOnlySpan<double> probability, ReadOnlySpan<bool> positive)
    {
        CheckProbability("Brier", probability, positive);
        var sum = 0.0;
        for (var i = 0; i < probability.Length; i++)
        {
            var d = probability[i] - (positive[i] ? 1 : 0);
            sum += d * d;
        }
        return sum / probability.Length;
    }

    /// <summary>The plain mean over classes of <see cref="Auroc"/> of that class against the rest; NaN where a class has no row.</summary>
    public static double AurocMacro(ReadOnlySpan<double[]> probabilities, ReadOnlySpan<int> gold)
    {
        var classes = Check("AurocMacro", probabilities, gold);
        var sum = 0.0;
        var (score, positive) = (new double[gold.Length], new bool[gold.Length]);
        for (var c = 0; c < classes; c++)
        {
            for (var i = 0; i < gold.Length; i++)
                (score[i], positive[i]) = (probabilities[i][c], gold[i] == c);
            sum += Auroc(score, positive);
        }
        return sum / classes;
    }

    /// <summary>Mean over rows of Σ over classes of (p − y)²: 0 to 2.</summary>
    public static double BrierOfClasses(ReadOnlySpan<double[]> probabilities, ReadOnlySpan<int> gold)
    {
        var classes = Check("BrierOfClasses", probabilities, gold);
        var sum = 0.0;
        for (var i = 0; i < gold.Length; i++)
        {
            for (var c = 0; c < classes; c++)
            {
                var d = probabilities[i][c] - (gold[i] == c ? 1 : 0);
                sum += d * d;
            }
        }
        return sum / gold.Length;
    }

    /// <summary>Mean of −ln p(gold), p as given (rows are not scaled to sum to 1), clipped as in <see cref="LogLoss"/>.</summary>
    public static double LogLossOfClasses(ReadOnlySpan<double[]> probabilities, ReadOnlySpan<int> gold)
    {
        Check("LogLossOfClasses", probabilities, gold);
        var sum = 0.0;
        for (var i = 0; i < gold.Length; i++)
            sum -= Math.Log(Math.Clamp(probabilities[i][gold[i]], Epsilon, 1 - Epsilon));
        return sum / gold.Length;
    }

    /// <summary>The largest probability of each row, and whether its class (the first of equals) is gold: the input of <see cref="Calibration"/>.</summary>
    public static (double[] Confidence, bool[] Right) Confidences(ReadOnlySpan<double[]> probabilities, ReadOnlySpan<int> gold)
    {
        Check("Confidences", probabilities, gold);
        var (confidence, right) = (new double[gold.Length], new bool[gold.Length]);
        for (var i = 0; i < gold.Length; i++)
        {
            var best = 0;
            for (var c = 1; c < probabilities[i].Length; c++)
                best = probabilities[i][c] > probabilities[i][best] ? c : best;
            (confidence[i], right[i]) = (probabilities[i][best], best == gold[i]);
        }
        return (confidence, right);
    }

    private static void Check(string subject, ReadOnlySpan<double> score, ReadOnlySpan<bool> positive)
    {
        Require.SameLength(subject, score.Length, positive.Length);
        Require.AtLeast(subject, score.Length, 1);
        Require.Finite(subject, score);
    }

    private static void CheckProbability(string subject, ReadOnlySpan<double> probability, ReadOnlySpan<bool> positive)
    {
        Check(subject, probability, positive);
        foreach (var p in probability)
            Require.Range(subject, "a probability", p, 0, 1);
    }

    private static int Check(string subject, ReadOnlySpan<double[]> probabilities, ReadOnlySpan<int> gold)
    {
        Require.SameLength(subject, probabilities.Length, gold.Length);
        Require.AtLeast(subject, gold.Length, 1);
        var classes = probabilities[0].Length;
        for (var i = 0; i < gold.Length; i++)
        {
            Require.SameLength(subject, classes, probabilities[i].Length);
            Require.Range(subject, "a gold class", gold[i], 0, classes - 1);
            foreach (var p in probabilities[i])
                Require.Range(subject, "a probability", p, 0, 1);
        }
        return classes;
    }
}
