namespace Attune.Evaluation.Metrics;

/// <summary>
/// Counts of [gold][predicted] over <see cref="Classes"/> classes. A prediction that is none of the classes (index −1) is
/// wrong: it counts in its gold class's row, in no class's column.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly int[] cells;
    private readonly int[] gold;
    private readonly int[] predicted;

    /// <summary>Counts rows of class indices: gold from 0 to classes − 1, predicted the same or −1. Needs one row.</summary>
    public ConfusionMatrix(ReadOnlySpan<int> gold, ReadOnlySpan<int> predicted, int classes)
    {
        Require.SameLength("ConfusionMatrix", gold.Length, predicted.Length);
        Require.AtLeast("ConfusionMatrix", gold.Length, 1);
        (Classes, Rows) = (classes, gold.Length);
        (cells, this.gold, this.predicted) = (new int[classes * classes], new int[classes], new int[classes]);
        for (var i = 0; i < gold.Length; i++)
        {
            Require.Range("ConfusionMatrix", "a gold class", gold[i], 0, classes - 1);
            Require.Range("ConfusionMatrix", "a predicted class", predicted[i], -1, classes - 1);
            this.gold[gold[i]]++;
            if (predicted[i] < 0)
                continue;
            this.predicted[predicted[i]]++;
            cells[gold[i] * classes + predicted[i]]++;
        }
    }

    /// <summary>Counts rows of labels. Without <paramref name="labels"/> the classes are those that occur on either side, in ordinal order.</summary>
    public static ConfusionMatrix OfLabels(IReadOnlyList<string> gold, IReadOnlyList<string> predicted, IReadOnlyList<string>? labels = null)
    {
        labels ??= gold.Concat(predicted).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var label in labels)
        {
            if (!index.TryAdd(label, index.Count))
                throw Require.Wrong($"ConfusionMatrix: the label '{label}' is given twice; name each label once");
        }
        var unknown = gold.FirstOrDefault(label => !index.ContainsKey(label));
        if (unknown is not null)
            throw Require.Wrong($"ConfusionMatrix: the gold label '{unknown}' is not among the {labels.Count} labels; add it");
        return new ConfusionMatrix(
            gold.Select(label => index[label]).ToArray(),
            predicted.Select(label => index.GetValueOrDefault(label, -1)).ToArray(),
            labels.Count);
    }

    public int Classes { get; }

    public int Rows { get; }

    public int this[int gold, int predicted] => cells[gold * Classes + predicted];

    /// <summary>How many rows each class has in gold.</summary>
    public ReadOnlySpan<int> GoldCounts => gold;

    /// <summary>How many rows were predicted as each class.</summary>
    public ReadOnlySpan<int> PredictedCounts => predicted;

    /// <summary>How many rows were predicted right.</summary>
    public int Right
    {
        get
        {
            var right = 0;
            for (var c = 0; c < Classes; c++)
                right += this[c, c];
            return right;
        }
    }
}
