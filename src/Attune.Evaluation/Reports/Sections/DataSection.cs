using Attune.Data;

namespace Attune.Evaluation.Reports;

/// <summary>What was understood of the data.</summary>
internal static class DataSection
{
    private const int LabelsShown = 30;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("data", "The data");
        if (context.Run.DataReport is not { } report)
            return section.Add(SectionParts.Note("The report of the data is not at hand."));
        section.Add(SectionParts.Facts(
            ("kind", TaskKindNames.Name(report.Kind), false),
            ("files", string.Join('\n', report.Files.Select(f => $"{f.Split}: {f.File}, {Units.Count(f.Rows, "row", "rows")}{(f.Skipped > 0 ? $", {Units.Count(f.Skipped)} skipped" : "")}")), true),
            ("columns", string.Join(", ", report.Columns.Select(c => $"{c.Name} ({c.Role})")), true),
            ("length in characters", Lengths(report.Characters), false),
            ("length in tokens", Lengths(report.Tokens), false),
            ("repeated training rows", Units.Count(report.Duplicates), false),
            ("of several labels", report.ContradictoryDuplicates > 0 ? Units.Count(report.ContradictoryDuplicates) : null, false),
            ("test rows also in training", Units.Count(report.TestRowsInTraining), false)));
        return section.Add(Warnings(report, context.NoExamples), Labels(report), Skipped(report, context.NoExamples));
    }

    private static string? Lengths(LengthSummary? lengths) => lengths is null ? null
        : $"{Units.Count(lengths.Min)} to {Units.Count(lengths.Max)}, median {Units.Count(lengths.Median)}, 95% at most {Units.Count(lengths.P95)}";

    /// <summary>The sentence on bad rows quotes the first of them, so it goes where texts are left out; its count stays.</summary>
    private static Element? Warnings(DataReport report, bool noExamples)
    {
        var shown = report.Warnings.Where(w => !noExamples || !report.SkippedRows.Any(s => w.Found.Contains(s, StringComparison.Ordinal))).ToList();
        if (shown.Count == 0)
            return null;
        return new Element("div", "warnings").Set("role", "note").Add(
            new Element("strong").Text("⚠ Found in the data"),
            new Element("ul").Add(shown.Select(w => new Element("li").User(w.Found).Text(" ").User(w.Remedy))));
    }

    private static Element? Labels(DataReport report)
    {
        if (report.Labels.Count == 0)
            return null;
        var body = new Element("tbody").Add(report.Labels.OrderByDescending(l => l.Train).ThenBy(l => l.Label, StringComparer.Ordinal).Take(LabelsShown).Select(l =>
            new Element("tr").Add(SectionParts.RowHeader(l.Label), SectionParts.Number(Units.Count(l.Train)), SectionParts.Number(l.Test is { } test ? Units.Count(test) : "–"))));
        var more = report.Labels.Count > LabelsShown ? SectionParts.Note($"{Units.Count(report.Labels.Count - LabelsShown)} more labels have as few training rows or fewer.") : null;
        var table = new Element("table", "plain").Add(SectionParts.Headers("label", "training rows", "test rows"), body);
        return SectionParts.Details(SectionParts.Summary($"Labels ({Units.Count(report.Labels.Count)})"), SectionParts.Scrolling(table, "Labels with counts"), more);
    }

    private static Element? Skipped(DataReport report, bool noExamples)
    {
        if (report.SkippedRows.Count == 0)
            return null;
        var summary = $"{Units.Count(report.SkippedRows.Count, "bad row was", "bad rows were")} left out";
        return noExamples ? SectionParts.Note($"{summary}. The sentences on them quote rows, which were left out, as asked.")
            : SectionParts.Details(SectionParts.Summary(summary), new Element("ul").Add(report.SkippedRows.Take(100).Select(s => new Element("li").User(s))));
    }
}
