namespace Attune.Evaluation.Metrics;

/// <summary>Metrics of predicted against gold classes, as scikit-learn defines them. All need one row.</summary>
public static class ClassificationMetrics
{
    /// <summary>The share of rows predicted right.</summary>
    public static double Accuracy(ReadOnlySpan<int> gold, ReadOnlySpan<int> predicted)
    {
        Require.SameLength("Accuracy", gold.Length, predicted.Length);
        Require.AtLeast("Accuracy", gold.Length, 1);
        var right = 0;
        for (var i = 0; i < gold.Length; i++)
            right += gold[i] == predicted[i] ? 1 : 0;
        return right / (double)gold.Length;
    }

    /// <inheritdoc cref="Accuracy(ReadOnlySpan{int}, ReadOnlySpan{int})"/>
    public static double Accuracy(ConfusionMatrix matrix) => matrix.Right / (double)matrix.Rows;

    /// <summary>The mean recall over the classes that occur in gold.</summary>
    public static double BalancedAccuracy(ConfusionMatrix matrix)
    {
        var (sum, present) = (0.0, 0);
        for (var c = 0; c < matrix.Classes; c++)
        {
            if (matrix.GoldCounts[c] == 0)
                continue;
            sum += matrix[c, c] / (double)matrix.GoldCounts[c];
            present++;
        }
        return sum / present;
    }

    /// <summary>
    /// Matthews's correlation over K classes (Gorodkin 2004): (n·right − Σ gₖpₖ) / √((n² − Σ pₖ²)(n² − Σ gₖ²)); 0 where undefined.
    /// Predictions that are no class make a class of their own.
    /// </summary>
    public static double Matthews(ConfusionMatrix matrix)
    {
        var (n, both, gold, predicted) = Marginals(matrix);
        var scale = (n * n - predicted) * (n * n - gold);
        return scale == 0 ? 0 : (n * matrix.Right - both) / Math.Sqrt(scale);
    }

    /// <summary>Cohen's κ = (observed − chance) / (1 − chance), chance = Σ gₖpₖ / n²; NaN where chance is 1.</summary>
    public static double CohenKappa(ConfusionMatrix matrix)
    {
        var (n, both, _, _) = Marginals(matrix);
        return both == n * n ? double.NaN : (n * matrix.Right - both) / (n * n - both);
    }

    /// <summary>Precision, recall and F1 of each class; what has a denominator of 0 is <paramref name="zeroDivision"/>.</summary>
    public static ClassScores[] PerClass(ConfusionMatrix matrix, double zeroDivision = 0)
    {
        var scores = new ClassScores[matrix.Classes];
        for (var c = 0; c < scores.Length; c++)
            scores[c] = Scores(matrix[c, c], matrix.GoldCounts[c], matrix.PredictedCounts[c], zeroDivision);
        return scores;
    }

    /// <summary>Precision, recall and F1 of the counts summed over classes.</summary>
    public static ClassScores Micro(ConfusionMatrix matrix, double zeroDivision = 0) =>
        Scores(matrix.Right, matrix.Rows, Sum(matrix.PredictedCounts), zeroDivision);

    /// <summary>The plain mean of <see cref="PerClass"/> over all classes of the matrix, those that do not occur included.</summary>
    public static ClassScores Macro(ConfusionMatrix matrix, double zeroDivision = 0) =>
        Average(PerClass(matrix, zeroDivision), matrix.Rows, _ => 1);

    /// <summary>The mean of <see cref="PerClass"/>, weighted by the rows that each class has in gold.</summary>
    public static ClassScores Weighted(ConfusionMatrix matrix, double zeroDivision = 0) =>
        Average(PerClass(matrix, zeroDivision), matrix.Rows, score => score.Support);

    /// <summary>
    /// The mean F1 over the classes that occur in gold or predicted (scikit-learn's macro without labels), allocating nothing for
    /// up to 512 classes: the form for resampling, where a class that was not drawn has no F1 and must not count as 0. Indices
    /// are as in <see cref="ConfusionMatrix"/>.
    /// </summary>
    public static double MacroF1(ReadOnlySpan<int> gold, ReadOnlySpan<int> predicted, int classes)
    {
        Require.SameLength("MacroF1", gold.Length, predicted.Length);
        Require.AtLeast("MacroF1", gold.Length, 1);
        Span<int> counts = classes <= 512 ? stackalloc int[2 * classes] : new int[2 * classes];
        counts.Clear();
        var right = counts[..classes];
        var occurrences = counts[classes..];
        for (var i = 0; i < gold.Length; i++)
        {
            occurrences[gold[i]]++;
            if (predicted[i] < 0)
                continue;
            occurrences[predicted[i]]++;
            right[gold[i]] += gold[i] == predicted[i] ? 1 : 0;
        }
        var (sum, present) = (0.0, 0);
        for (var c = 0; c < classes; c++)
        {
            if (occurrences[c] == 0)
                continue;
            sum += 2.0 * right[c] / occurrences[c];
            present++;
        }
        return sum / present;
    }

    private static ClassScores Scores(int right, int gold, int predicted, double zeroDivision) => new(
        Ratio(right, predicted, zeroDivision),
        Ratio(right, gold, zeroDivision),
        Ratio(2.0 * right, gold + predicted, zeroDivision),
        gold);

    private static ClassScores Average(ClassScores[] scores, int rows, Func<ClassScores, double> weight)
    {
        var total = scores.Sum(weight);
        return new ClassScores(
            scores.Sum(s => weight(s) * s.Precision) / total,
            scores.Sum(s => weight(s) * s.Recall) / total,
            scores.Sum(s => weight(s) * s.F1) / total,
            rows);
    }

    private static (double Rows, double Both, double Gold, double Predicted) Marginals(ConfusionMatrix matrix)
    {
        var outside = (double)(matrix.Rows - Sum(matrix.PredictedCounts));
        var (both, gold, predicted) = (0.0, 0.0, outside * outside);
        for (var c = 0; c < matrix.Classes; c++)
        {
            double g = matrix.GoldCounts[c], p = matrix.PredictedCounts[c];
            both += g * p;
            gold += g * g;
            predicted += p * p;
        }
        return (matrix.Rows, both, gold, predicted);
    }

    private static int Sum(ReadOnlySpan<int> counts)
    {
        var sum = 0;
        foreach (var count in counts)
            sum += count;
        return sum;
    }

    private static double Ratio(double part, double whole, double zeroDivision) => whole == 0 ? zeroDivision : part / whole;
}
