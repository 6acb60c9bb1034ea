namespace Attune.Data;

/// <summary>Counts what the report holds; the sentences are <see cref="DataWarnings"/>'.</summary>
internal static class DataInspector
{
    /// <param name="noticed">Warnings that reading found.</param>
    public static DataReport Inspect(
        TaskSpec task, SplitRows rows, IReadOnlyList<FileSummary> files, IReadOnlyList<ColumnSummary> columns,
        IReadOnlyList<string> skipped, IReadOnlyList<WarningMessage> noticed)
    {
        var report = new DataReport
        {
            Name = task.Name,
            Kind = task.Kind,
            Files = files,
            Columns = columns,
            Labels = [.. task.Labels.Zip(Counts(task, rows.Train), rows.Test is null ? task.Labels.Select(_ => (int?)null) : Counts(task, rows.Test).Select(c => (int?)c))
                .Select(l => new LabelCount(l.First, l.Second, l.Third))],
            Characters = LengthSummary.Of(rows.All.Select(e => e.Input.Text.Length)),
            Duplicates = Duplicates(rows.Train),
            ContradictoryDuplicates = task.Kind is TaskKind.Classification or TaskKind.MultipleChoice ? Contradictions(rows.Train) : 0,
            TestRowsInTraining = rows.Test is null ? 0 : Leaks.Count(rows.Test, rows.Train),
            SkippedRows = skipped,
            Warnings = [],
        };
        return report with { Warnings = [.. noticed, .. DataWarnings.Of(report, rows)] };
    }

    private static List<int> Counts(TaskSpec task, IReadOnlyList<Example> examples)
    {
        var counts = examples.CountBy(e => e.Label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return [.. task.Labels.Select(l => counts.GetValueOrDefault(l))];
    }

    private static int Duplicates(IReadOnlyList<Example> examples) =>
        examples.Count - examples.Select(e => TextKey.Of(e.Input)).Distinct(StringComparer.Ordinal).Count();

    private static int Contradictions(IReadOnlyList<Example> examples) => examples
        .GroupBy(e => TextKey.Of(e.Input), e => e.Label, StringComparer.Ordinal)
        .Count(g => g.Distinct(StringComparer.Ordinal).Count() > 1);
}
