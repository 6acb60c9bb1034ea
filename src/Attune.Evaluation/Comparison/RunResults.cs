using System.Globalization;
using Attune.Data;

namespace Attune.Evaluation.Comparison;

/// <summary>A finished (or interrupted) run as the report sees it.</summary>
/// <param name="Task">The task with labels and template.</param>
/// <param name="DataReport">What the data looked like; null where it is not at hand.</param>
/// <param name="Predictions">The predictions of each done cell, by "method/shots/seed".</param>
/// <param name="Configuration">The run's configuration as JSON text.</param>
public sealed record RunResults(Summary Summary, TaskSpec Task, DataReport? DataReport, IReadOnlyList<CellResult> Cells, IReadOnlyDictionary<string, IReadOnlyList<RowPrediction>> Predictions, string Configuration)
{
    public static string Key(string method, string shots, int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{method}/{shots}/{seed}");
}
