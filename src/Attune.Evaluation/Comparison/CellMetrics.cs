using Attune.Data;
using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// Metrics of a cell's predictions. A dropped row is wrong: it has no label and the probability 0 everywhere. Classes are the task's labels,
/// for multiple choice the places of the choices.
/// </summary>
internal static class CellMetrics
{
    /// <summary>Least probability that a logarithm is taken of: a row costs at most 27.6 nats.</summary>
    public const double ProbabilityFloor = 1e-12;

    /// <summary>
    /// accuracy; macro-f1 over the labels that occur as gold or predicted; nll, the mean of −ln max(p, 1e-12) of the gold label; ece over 15 bins,
    /// without dropped rows, which have no confidence (left out if nothing else is there); brier, the mean of Σ (p − y)².
    /// </summary>
    public static IReadOnlyDictionary<string, double> Of(IReadOnlyList<RowPrediction> rows, TaskSpec task)
    {
        var scored = SeedScores.Of(0, rows, task.Labels, Objective.Accuracy);
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["accuracy"] = ClassificationMetrics.Accuracy(scored.Gold, scored.Predicted),
            ["macro-f1"] = ClassificationMetrics.MacroF1(scored.Gold, scored.Predicted, scored.Classes),
            ["nll"] = rows.Average(r => -Math.Log(Math.Max(GoldProbability(r, task.Labels), ProbabilityFloor))),
            ["brier"] = Enumerable.Range(0, rows.Count).Average(i => Brier(rows[i], scored.Gold[i])),
        };
        var kept = rows.Where(r => r.Label is not null).ToArray();
        if (kept.Length > 0)
            metrics["ece"] = Calibration.ExpectedError([.. kept.Select(r => r.Probabilities.Max())], [.. kept.Select(r => r.Label == r.Gold)]);
        return metrics;
    }

    public static double GoldProbability(RowPrediction row, IReadOnlyList<string> labels)
    {
        var place = Place(row.Labels ?? labels, row.Gold);
        return place < 0 ? 0 : row.Probabilities[place];
    }

    public static int Place(IReadOnlyList<string> labels, string label)
    {
        for (var i = 0; i < labels.Count; i++)
            if (labels[i] == label)
                return i;
        return -1;
    }

    private static double Brier(RowPrediction row, int gold) => ProbabilityMetrics.BrierOfClasses([row.Probabilities], [gold]);
}
