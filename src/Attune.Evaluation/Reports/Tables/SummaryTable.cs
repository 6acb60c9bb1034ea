using System.Globalization;
using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>The table of a comparison, best row first, apart from where it is shown: terminal, Markdown, CSV and the report are all made from it.</summary>
/// <param name="Legend">What the signs of the rows mean, and what else a reader must know; each a sentence.</param>
public sealed record SummaryTable(IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableRow> Rows, IReadOnlyList<string> Legend)
{
    internal const int Method = 0, Shots = 1, Score = 2, Difference = 3;

    internal static readonly (RowMarks Mark, string Sign, string Meaning)[] Signs =
    [
        (RowMarks.Winner, "★", "winner"),
        (RowMarks.NotDistinguishable, "≈", "not distinguishable from the winner"),
        (RowMarks.Cheapest, "¢", "cheapest per query of these"),
        (RowMarks.Baseline, "○", "baseline"),
    ];

    public static SummaryTable Build(Summary summary)
    {
        var format = ScoreFormat.Of(summary.Objective);
        var rows = summary.Rows.Select(row => new TableRow(Cells(row, format), Marks(row, summary.Baseline))).ToList();
        return new SummaryTable(Head(summary, format), rows, Sentences(rows));
    }

    private static List<TableColumn> Head(Summary summary, ScoreFormat format) =>
    [
        new("method", false, "The method, or the name that the run file gave to a variant of it.", ["method"]),
        new("shots", true, "Labelled rows that it was given: for each label, in all (total:N), or all there are.", ["shots", "rows", "seeds", "dropped", "shortened"]),
        new($"{format.Short} [95%]", true, $"Mean {format.Name} over seeds ({(format.HigherIsBetter ? "higher" : "lower")} is better), with its 95% interval over seeds and test rows.", ["metric", "mean", "low", "high"]),
        new($"vs {VisibleText.Of(summary.Baseline, keepLines: false)} [95%]", true, $"Difference to the baseline in {format.DifferenceUnit}, paired by row and seed, with its 95% interval.", ["difference", "difference_low", "difference_high", "p"]),
        new("ECE", true, "Expected calibration error over 15 bins: how far stated confidence is from the share that is right; lower is better.", ["ece"]),
        new("fit s", true, "Seconds of fitting, mean over seeds.", ["fit_seconds", "fit_calls", "fit_tokens", "fit_flops"]),
        new("ms/query", true, "Milliseconds of predicting one row.", ["query_ms", "query_flops"]),
        new("tokens/query", true, "Mean tokens of a prompt as the model sees it.", ["prompt_tokens"]),
        new("trained", true, "Trained parameters.", ["trained_parameters"]),
        new("size", true, "Bytes of the saved adaptation.", ["bytes"]),
        new("peak memory", true, "The engine's own high-water mark.", ["peak_memory_bytes", "kernels"]),
    ];

    private static List<TableCell> Cells(SummaryRow row, ScoreFormat format) =>
    [
        Cell(VisibleText.Of(row.Method, keepLines: false), row.Method),
        Cell(VisibleText.Of(row.Shots, keepLines: false), row.Shots, Whole(row.Rows), Whole(row.Seeds), Whole(row.Dropped), Whole(row.Shortened)),
        Cell(format.WithInterval(row.Mean, row.Low, row.High), row.Metric, Units.Exact(row.Mean), Units.Exact(row.Low), Units.Exact(row.High)),
        Cell(
            row.Difference is { } difference ? format.DifferenceWithInterval(difference, row.DifferenceLow, row.DifferenceHigh) : "–",
            Units.Exact(row.Difference), Units.Exact(row.DifferenceLow), Units.Exact(row.DifferenceHigh), Units.Exact(row.P)),
        Cell(Units.Format(row.Ece, "0.000"), Units.Exact(row.Ece)),
        Cell(Units.Number(row.FitSeconds), Units.Exact(row.FitSeconds), Units.Exact(row.FitCalls), Units.Exact(row.FitTokens), Units.Exact(row.FitFlops)),
        Cell(Units.Number(row.QueryMs), Units.Exact(row.QueryMs), Units.Exact(row.QueryFlops)),
        Cell(Units.Number(row.PromptTokens), Units.Exact(row.PromptTokens)),
        Cell(Units.Scaled(row.TrainedParameters), Whole(row.TrainedParameters)),
        Cell(Units.Bytes(row.Bytes), Whole(row.Bytes)),
        Cell(Units.Bytes(row.PeakMemoryBytes), Whole(row.PeakMemoryBytes), row.Kernels),
    ];

    private static RowMarks Marks(SummaryRow row, string baseline) =>
        (row.Winner ? RowMarks.Winner : row.Best ? RowMarks.NotDistinguishable : RowMarks.None)
        | (row.Cheapest ? RowMarks.Cheapest : RowMarks.None)
        | (row.Method == baseline && row.Difference is null ? RowMarks.Baseline : RowMarks.None);

    private static List<string> Sentences(List<TableRow> rows)
    {
        var used = Signs.Where(s => rows.Any(r => r.Marks.HasFlag(s.Mark))).Select(s => $"{s.Sign} {s.Meaning}").ToList();
        return used.Count == 0 ? [] : [string.Join(", ", used) + "."];
    }

    private static TableCell Cell(string text, params string[] values) => new(text, values);

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
