using Attune.Data;
using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>What every section of the report is made from.</summary>
internal sealed class ReportContext
{
    /// <summary>Methods that get a diagram, a matrix and a prompt of their own; of more, the table still has every one.</summary>
    private const int MethodsShown = 24;

    private readonly Dictionary<string, int> labelIndex;

    public ReportContext(RunResults run, bool noExamples)
    {
        (Run, NoExamples) = (run, noExamples);
        Format = ScoreFormat.Of(run.Summary.Objective);
        Table = SummaryTable.Build(run.Summary);
        labelIndex = run.Task.Labels.Select((label, i) => (label, i)).DistinctBy(l => l.label).ToDictionary(l => l.label, l => l.i, StringComparer.Ordinal);
        var all = run.Summary.Rows.Select((row, i) => (Row: row, Rank: i + 1)).DistinctBy(r => r.Row.Method).ToList();
        var shown = all.Take(MethodsShown).Concat(all.Skip(MethodsShown).Where(r => r.Row.Method == run.Summary.Baseline));
        Methods = shown.Select(r => new MethodView(r.Row, r.Rank, Predictions(r.Row))).ToList();
        MethodsLeftOut = all.Count - Methods.Count;
    }

    public RunResults Run { get; }

    public Summary Summary => Run.Summary;

    public bool NoExamples { get; }

    public ScoreFormat Format { get; }

    public SummaryTable Table { get; }

    /// <summary>Each method at the budget at which it did best, in the order of the table.</summary>
    public IReadOnlyList<MethodView> Methods { get; }

    public int MethodsLeftOut { get; }

    /// <summary>Whether answers are the same few labels for every row.</summary>
    public bool HasLabels => Run.Task.Kind == TaskKind.Classification && Run.Task.Labels.Count > 0;

    /// <summary>The lowest and highest end of any interval; shares within 0 and 1.</summary>
    public (double Low, double High) Ends(IEnumerable<SummaryRow> rows)
    {
        var ends = rows.SelectMany(r => new[] { r.Low, r.High, r.Mean }).Where(double.IsFinite)
            .Select(v => Format.IsShare ? Math.Clamp(v, 0, 1) : v).DefaultIfEmpty(0).ToList();
        return (ends.Min(), ends.Max());
    }

    public int? LabelIndex(string label) => labelIndex.TryGetValue(label, out var index) ? index : null;

    /// <summary>
    /// An answer as the report may show it: where rows bring their own choices these are texts of the row, so without examples
    /// only the choice's number is told.
    /// </summary>
    public string Answer(RowPrediction prediction, string label)
    {
        if (!NoExamples || HasLabels)
            return label;
        var index = IndexOf(prediction.Labels, label);
        return index < 0 ? "(not shown)" : "choice " + Units.Count(index + 1);
    }

    /// <summary>The probability of the predicted answer; null where there is none.</summary>
    public double? Confidence(RowPrediction prediction)
    {
        if (prediction.Label is null)
            return null;
        var index = prediction.Labels is null ? LabelIndex(prediction.Label) ?? -1 : IndexOf(prediction.Labels, prediction.Label);
        if (index < 0 || index >= prediction.Probabilities.Length)
            return null;
        return prediction.Probabilities[index] is >= 0 and <= 1 ? prediction.Probabilities[index] : null;
    }

    private List<(int Seed, IReadOnlyList<RowPrediction> Rows)> Predictions(SummaryRow row) =>
        Run.Cells.Where(c => c.Status == CellStatus.Done && c.Method == row.Method && c.Shots == row.Shots)
            .Select(c => c.Seed).Distinct().Order()
            .Select(seed => (seed, Rows: Run.Predictions.GetValueOrDefault(RunResults.Key(row.Method, row.Shots, seed)) ?? []))
            .Where(s => s.Rows.Count > 0).ToList();

    private static int IndexOf(IReadOnlyList<string>? labels, string label)
    {
        for (var i = 0; i < labels?.Count; i++)
        {
            if (labels[i] == label)
                return i;
        }
        return -1;
    }
}
