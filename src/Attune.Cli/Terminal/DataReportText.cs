using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Data;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>The data report for a person and for a machine.</summary>
internal static class DataReportText
{
    private const int ShownLabels = 12;

    public static void Write(Dataset dataset, IAnsiConsole console, bool verbose)
    {
        var report = dataset.Report;
        console.MarkupLine($"[bold]{Visible.Markup(report.Name)}[/]: {TaskKindNames.Name(report.Kind)}; {string.Join(", ", report.Files.Select(File))}");
        var facts = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        facts.AddRow("columns", string.Join(", ", report.Columns.Select(c => $"{Visible.Markup(c.Name)} ({c.Role})")));
        if (report.Labels.Count > 0)
            facts.AddRow("labels", Labels(report, verbose));
        if (report.Characters is { } characters)
            facts.AddRow("lengths", Lengths(characters, "characters") + (report.Tokens is { } tokens ? "; " + Lengths(tokens, "tokens") : ""));
        facts.AddRow("repeats", string.Create(CultureInfo.InvariantCulture, $"{report.Duplicates} in training, {report.TestRowsInTraining} test rows also in training"));
        if (verbose)
            facts.AddRow("hash", dataset.Hash);
        console.Write(facts);
        foreach (var warning in report.Warnings)
            console.MarkupLine($"[yellow]warning:[/] {Visible.Markup(warning.Found)} {Visible.Markup(warning.Remedy)}");
        if (verbose)
            report.SkippedRows.ToList().ForEach(s => console.MarkupLine("  " + Visible.Markup(s)));
    }

    public static JsonObject ToJson(Dataset dataset)
    {
        var report = dataset.Report;
        return new JsonObject
        {
            ["name"] = report.Name,
            ["kind"] = TaskKindNames.Name(report.Kind),
            ["hash"] = dataset.Hash,
            ["files"] = Array(report.Files, f => new JsonObject { ["split"] = f.Split, ["file"] = f.File, ["rows"] = f.Rows, ["skipped"] = f.Skipped }),
            ["columns"] = Array(report.Columns, c => new JsonObject { ["name"] = c.Name, ["role"] = c.Role }),
            ["labels"] = Array(report.Labels, l => new JsonObject { ["label"] = l.Label, ["train"] = l.Train, ["test"] = l.Test }),
            ["characters"] = Lengths(report.Characters),
            ["tokens"] = Lengths(report.Tokens),
            ["duplicates"] = report.Duplicates,
            ["contradictory_duplicates"] = report.ContradictoryDuplicates,
            ["test_rows_in_training"] = report.TestRowsInTraining,
            ["skipped_rows"] = JsonText.Array(report.SkippedRows),
            ["warnings"] = Array(report.Warnings, w => new JsonObject { ["found"] = w.Found, ["remedy"] = w.Remedy }),
        };
    }

    private static string File(FileSummary file) =>
        string.Create(CultureInfo.InvariantCulture, $"{file.Split} {file.Rows} rows ({Visible.Markup(file.File)}{(file.Skipped > 0 ? $", {file.Skipped} left out" : "")})");

    private static string Labels(DataReport report, bool verbose)
    {
        var shown = verbose ? report.Labels.Count : Math.Min(ShownLabels, report.Labels.Count);
        var text = string.Join(", ", report.Labels.Take(shown).Select(l =>
            string.Create(CultureInfo.InvariantCulture, $"{Visible.Markup(Visible.Begin(l.Label, 40))} {l.Train}{(l.Test is { } test ? $"/{test}" : "")}")));
        var rest = report.Labels.Count - shown;
        return string.Create(CultureInfo.InvariantCulture, $"{report.Labels.Count}: {text}{(rest > 0 ? $" and {rest} more (-v shows all)" : "")}{(report.Labels.Any(l => l.Test is not null) ? "  (training/test rows)" : "")}");
    }

    private static string Lengths(LengthSummary l, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{l.Min} to {l.Max} {unit}, median {l.Median}, 95% up to {l.P95}");

    private static JsonObject? Lengths(LengthSummary? l) => l is null ? null
        : new JsonObject { ["min"] = l.Min, ["median"] = l.Median, ["p95"] = l.P95, ["max"] = l.Max };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode> write) => [.. items.Select(write)];
}
