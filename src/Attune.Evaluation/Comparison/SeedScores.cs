using Attune.Evaluation.Metrics;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>The rows of one cell as the statistics take them.</summary>
/// <param name="Values">What each row scored: 1 where it is right, or its −ln p; macro-F1 has no value of a row and leaves it empty.</param>
/// <param name="Predicted">Class indices; −1 where the row was dropped.</param>
internal sealed record SeedScores(int Seed, string[] Ids, int[] Gold, int[] Predicted, double[] Values, int Classes)
{
    public static SeedScores Of(int seed, IReadOnlyList<RowPrediction> rows, IReadOnlyList<string> labels, Objective objective)
    {
        var gold = new int[rows.Count];
        var predicted = new int[rows.Count];
        var values = new double[objective == Objective.MacroF1 ? 0 : rows.Count];
        var places = labels.Select((label, i) => (label, i)).ToDictionary(l => l.label, l => l.i, StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            int PlaceOf(string label) => row.Labels is { } own ? CellMetrics.Place(own, label) : places.GetValueOrDefault(label, -1);
            gold[i] = PlaceOf(row.Gold);
            predicted[i] = row.Label is null ? -1 : PlaceOf(row.Label);
            if (gold[i] < 0)
                throw new AttuneException($"the right label '{row.Gold}' of the row {row.Id} is none that could be predicted; correct that row of the data");
            if (objective == Objective.Accuracy)
                values[i] = row.Label == row.Gold ? 1 : 0;
            else if (objective == Objective.Nll)
                values[i] = -Math.Log(Math.Max(row.Probabilities[gold[i]], CellMetrics.ProbabilityFloor));
        }
        return new SeedScores(seed, [.. rows.Select(r => r.Id)], gold, predicted, values, Math.Max(labels.Count, rows.Max(r => r.Probabilities.Length)));
    }

    /// <summary>The objective over these rows.</summary>
    public double Score => Values.Length > 0 ? Values.Average() : ClassificationMetrics.MacroF1(Gold, Predicted, Classes);

    /// <summary>The rows that a condition keeps; null if it keeps none.</summary>
    public SeedScores? Where(Func<string, bool> keep)
    {
        var places = Enumerable.Range(0, Ids.Length).Where(i => keep(Ids[i])).ToArray();
        return places.Length == 0 ? null : this with
        {
            Ids = [.. places.Select(i => Ids[i])],
            Gold = [.. places.Select(i => Gold[i])],
            Predicted = [.. places.Select(i => Predicted[i])],
            Values = Values.Length == 0 ? [] : [.. places.Select(i => Values[i])],
        };
    }
}
