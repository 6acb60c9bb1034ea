namespace Attune.Reproductions.GeneralLearner;

/// <summary>Reference lines: rules that say a label from the examples before it in the sequence, and nothing else.</summary>
internal static class PrefixRules
{
    private const int FitSteps = 50;
    private const double FitRate = 0.5, Penalty = 0.01;

    /// <summary>The label of the nearest example before; label 0 at the first position.</summary>
    public static int[] NearestNeighbour(TaskSequences sequences) => Each(sequences, (start, row) =>
    {
        var (best, nearest) = (double.PositiveInfinity, -1);
        for (var other = start; other < row; other++)
            if (Distance(sequences.X(row), sequences.X(other)) is var d && d < best)
                (best, nearest) = (d, other);
        return nearest < 0 ? 0 : sequences.Labels[nearest];
    });

    /// <summary>The label whose examples' mean is nearest; labels that were not seen are not said, but 0 at the first position.</summary>
    public static int[] NearestMean(TaskSequences sequences) => Each(sequences, (start, row) =>
    {
        var (best, label) = (double.PositiveInfinity, 0);
        for (var c = 0; c < sequences.Classes; c++)
            if (Mean(sequences, start, row, c) is { } mean && Distance(sequences.X(row), mean) is var d && d < best)
                (best, label) = (d, c);
        return label;
    });

    /// <summary>Softmax regression with an intercept, fitted to the examples before by <see cref="FitSteps"/> steps of gradient descent from 0; label 0 at the first position.</summary>
    public static int[] LogisticRegression(TaskSequences sequences) => Each(sequences, (start, row) =>
    {
        var weights = Fit(sequences, start, row);
        return MostLikely(Scores(weights, sequences.X(row)));
    });

    /// <summary>Share of right labels by position.</summary>
    public static double[] Accuracy(TaskSequences sequences, int[] labels)
    {
        var right = new int[sequences.Length];
        for (var row = 0; row < labels.Length; row++)
            right[row % sequences.Length] += labels[row] == sequences.Labels[row] ? 1 : 0;
        return [.. right.Select(n => (double)n / sequences.Count)];
    }

    /// <summary>[classes][inputs + 1], the intercept last; the mean loss is decreased with a penalty that keeps weights finite where classes can be parted.</summary>
    private static double[][] Fit(TaskSequences sequences, int start, int end)
    {
        double[][] weights = [.. Enumerable.Range(0, sequences.Classes).Select(_ => new double[sequences.Inputs + 1])];
        for (var step = 0; step < FitSteps && end > start; step++)
        {
            double[][] gradient = [.. weights.Select(w => w.Select(v => Penalty * v).ToArray())];
            for (var row = start; row < end; row++)
            {
                var x = sequences.X(row);
                var p = LogWeights.Normalised(Scores(weights, x));
                for (var c = 0; c < p.Length; c++)
                {
                    var error = (p[c] - (sequences.Labels[row] == c ? 1 : 0)) / (end - start);
                    for (var i = 0; i < x.Length; i++)
                        gradient[c][i] += error * x[i];
                    gradient[c][^1] += error;
                }
            }
            for (var c = 0; c < weights.Length; c++)
                for (var i = 0; i < weights[c].Length; i++)
                    weights[c][i] -= FitRate * gradient[c][i];
        }
        return weights;
    }

    private static double[] Scores(double[][] weights, ReadOnlySpan<float> x)
    {
        var scores = new double[weights.Length];
        for (var c = 0; c < scores.Length; c++)
        {
            scores[c] = weights[c][^1];
            for (var i = 0; i < x.Length; i++)
                scores[c] += weights[c][i] * x[i];
        }
        return scores;
    }

    private static int MostLikely(double[] scores) => Array.IndexOf(scores, scores.Max());

    private static int[] Each(TaskSequences sequences, Func<int, int, int> rule) =>
        [.. Enumerable.Range(0, sequences.Labels.Length).Select(row => rule(row - row % sequences.Length, row))];

    private static float[]? Mean(TaskSequences sequences, int start, int end, int label)
    {
        var (sum, count) = (new float[sequences.Inputs], 0);
        for (var row = start; row < end; row++)
        {
            if (sequences.Labels[row] != label)
                continue;
            count++;
            for (var i = 0; i < sum.Length; i++)
                sum[i] += sequences.X(row)[i];
        }
        return count == 0 ? null : [.. sum.Select(s => s / count)];
    }

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
