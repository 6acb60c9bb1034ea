using Attune.Evaluation.Statistics;

namespace Attune.Evaluation.Comparison;

/// <summary>Costs and counts of a row of the table from its cells: means over seeds, of the memory the highest.</summary>
internal static class SummaryRows
{
    /// <param name="reference">The cell that ended last: what ran elsewhere than it is marked.</param>
    public static SummaryRow Of(ScoredRow row, BootstrapInterval interval, BootstrapDifference? difference, double? p, CellResult reference)
    {
        var cells = row.Cells;
        return new SummaryRow
        {
            Method = row.Method,
            Shots = row.Shots,
            Metric = Summariser.NameOf(row.Objective),
            Mean = row.Score,
            Low = interval.Low,
            High = interval.High,
            Difference = difference?.Estimate,
            DifferenceLow = difference?.Low,
            DifferenceHigh = difference?.High,
            P = p,
            Ece = cells.Where(c => c.Metrics.ContainsKey("ece")).Select(c => c.Metrics["ece"]).DefaultIfEmpty(0).Average(),
            FitSeconds = cells.Average(c => c.FitSeconds),
            QueryMs = row.QueryMilliseconds,
            PromptTokens = cells.Average(c => c.PromptTokens),
            QueryFlops = row.QueryFlops,
            TrainedParameters = (long)Math.Round(cells.Average(c => (double)c.TrainedParameters)),
            Bytes = (long)Math.Round(cells.Average(c => (double)c.Bytes)),
            PeakMemoryBytes = cells.Max(c => c.PeakMemoryBytes),
            FitCalls = cells.Average(c => (double)c.FitCalls),
            FitTokens = cells.Average(c => (double)c.FitTokens),
            FitFlops = cells.Average(c => c.FitFlops),
            Kernels = string.Join("+", cells.Select(c => c.Kernels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)),
            Rows = cells.Max(c => c.Rows),
            Seeds = cells.Count,
            Dropped = cells.Sum(c => c.Dropped),
            Shortened = cells.Sum(c => c.Shortened),
            Mixed = cells.Any(c => !SamePlace(c, reference)),
        };
    }

    /// <summary>Whether two cells ran on the same kernels, processor and version.</summary>
    public static bool SamePlace(CellResult a, CellResult b) => a.Kernels == b.Kernels && a.Processor == b.Processor && a.Version == b.Version;
}
