using System.Globalization;

namespace Attune.Evaluation.Comparison;

/// <summary>What a reader of the table must know beside it, each in one sentence.</summary>
internal static class SummaryWarnings
{
    private const int EnoughSeeds = 3;

    public static IEnumerable<string> Of(
        RunConfiguration configuration, IReadOnlyList<CellResult> cells, IReadOnlyList<CellResult> notRun, List<ScoredRow> rows, bool hasBaseline, bool hasHalves)
    {
        if (configuration.Seeds < EnoughSeeds)
            yield return Text($"with {configuration.Seeds} of at least {EnoughSeeds} seeds the intervals do not cover the variance over seeds; give --seeds {EnoughSeeds}");
        foreach (var sentence in Missing(notRun, "was not computed").Concat(Missing([.. cells.Where(c => c.Status == CellStatus.Failed)], "failed")))
            yield return sentence;
        if (Elsewhere(cells) is { } mixed)
            yield return mixed;
        var most = rows.Select(r => r.Cells.Count).DefaultIfEmpty(0).Max();
        if (rows.Any(r => r.Cells.Count < most))
            yield return Text($"{Names(rows.Where(r => r.Cells.Count < most))} have fewer than {most} seeds, are compared over those they have, and cannot win");
        foreach (var row in rows)
        {
            var (dropped, shortened) = (row.Cells.Sum(c => c.Dropped), row.Cells.Sum(c => c.Shortened));
            if (dropped + shortened > 0)
                yield return Text($"{row.Method} at {row.Shots} shots: prompts longer than the context; {dropped} rows were dropped and count as wrong, {shortened} were shortened, over all seeds");
        }
        if (!hasBaseline && rows.Count > 0)
            yield return "the baseline has no results, so that no differences are given; add zero-shot or majority to --methods, or name another with --baseline";
        if (!hasHalves)
            yield return "there are too few test rows to report the winner on others than it was chosen on; its full score stands in both places";
    }

    /// <summary>One sentence for each method, budget and reason, with its seeds.</summary>
    private static IEnumerable<string> Missing(IReadOnlyList<CellResult> cells, string what) => cells
        .GroupBy(c => (c.Method, c.Shots, c.Message))
        .Select(g => Text($"{g.Key.Method} at {g.Key.Shots} shots {what} for {(g.Count() == 1 ? "seed" : "seeds")} {string.Join(", ", g.Select(c => c.Seed))}: {g.Key.Message}"));

    private static string? Elsewhere(IReadOnlyList<CellResult> cells)
    {
        var others = cells.Where(c => c.Status == CellStatus.Done && !SummaryRows.SamePlace(c, cells[^1])).ToArray();
        if (others.Length == 0)
            return null;
        var places = string.Join("; ", others.Select(c => $"{c.Kernels}, {c.Processor}, version {c.Version}").Distinct(StringComparer.Ordinal));
        var names = string.Join(", ", others.Select(c => c.Key));
        return Text($"{others.Length} cells were computed on other kernels, another processor or another version ({places}) than the last ({cells[^1].Kernels}, {cells[^1].Processor}, version {cells[^1].Version}): {names}; compare again in a new folder to have all from one");
    }

    private static string Names(IEnumerable<ScoredRow> rows) => string.Join(", ", rows.Select(r => $"{r.Method} at {r.Shots} shots"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
