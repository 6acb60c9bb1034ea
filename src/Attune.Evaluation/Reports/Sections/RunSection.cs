using Attune.Data;
using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>All that is needed to run it again: task, template, hashes, versions, configuration, and every cell.</summary>
internal static class RunSection
{
    public static Element Build(ReportContext context)
    {
        var summary = context.Summary;
        var section = SectionParts.Section("run", "How it was run");
        section.Add(SectionParts.Facts(
            ("identity", summary.Identity, true), ("version", summary.Version, true), ("processor", summary.Processor, true),
            ("threads", summary.Threads > 0 ? Units.Count(summary.Threads) : null, false),
            ("kernels", Join(summary.Rows.Select(r => r.Kernels)), true), ("precision", summary.Precision, true),
            ("objective", context.Format.Name, false), ("baseline", summary.Baseline, true),
            ("language model", summary.Model, true), ("its hash", summary.ModelHash, true),
            ("encoder", summary.Encoder, true), ("its hash", summary.EncoderHash, true),
            ("data's hash", summary.DataHash, true), ("time in all", Units.Duration(summary.Seconds), false)));
        return section.Add(
            Task(context.Run.Task),
            SectionParts.Details(SectionParts.Summary("Configuration"), SectionParts.Exact(context.Run.Configuration)),
            SectionParts.Details(SectionParts.Summary($"Every cell ({Units.Count(context.Run.Cells.Count)})"), Cells(context)),
            SectionParts.Note("Intervals: two-level bootstrap over seeds and test rows, 95%. Differences are paired by row and seed; p is corrected after Holm."));
    }

    private static Element Task(TaskSpec task)
    {
        var template = task.Template;
        var words = task.Labels.Count is > 0 and <= 50
            ? string.Join('\n', task.Labels.Select(l => $"{l} → \"{template.RenderLabel(l)}\""))
            : "";
        return SectionParts.Details(SectionParts.Summary("Task and template"), SectionParts.Facts(
            ("task", task.Name, true), ("kind", TaskKindNames.Name(task.Kind), false), ("fields", string.Join(", ", task.Fields), true),
            ("labels", task.Labels.Count > 0 ? Units.Count(task.Labels.Count) : null, false), ("source", task.Source, true), ("licence", task.Licence, true), ("note", task.Note, true),
            ("instruction", template.UseInstruction ? template.Instruction : null, true), ("input", template.InputTemplate, true), ("labels' words", words, true),
            ("demonstrations as", template.Style.ToString().ToLowerInvariant(), false), ("label score", template.LabelScore.ToString(), false)));
    }

    private static Element Cells(ReportContext context)
    {
        var names = context.Run.Cells.SelectMany(c => c.Metrics.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var body = new Element("tbody").Add(context.Run.Cells.Select(c => Cell(c, names)));
        var table = new Element("table", "plain").Add(SectionParts.Headers(["method", "shots", "seed", "status", .. names, "fit s", "ms/query", "kernels", "processor", "version", "ended"]), body);
        return SectionParts.Scrolling(table, "Every cell");
    }

    private static Element Cell(CellResult cell, List<string> names) => new Element("tr").Add(
        [
            SectionParts.RowHeader(cell.Method), new Element("td").User(cell.Shots), SectionParts.Number(Units.Count(cell.Seed)), new Element("td").Text(cell.Status switch
            {
                CellStatus.Done => "done",
                CellStatus.NotApplicable => "not applicable",
                _ => "failed",
            }),
            .. names.Select(n => SectionParts.Number(cell.Metrics.TryGetValue(n, out var value) ? Units.Format(value, "0.0000") : "–")),
            SectionParts.Number(Units.Number(cell.FitSeconds)), SectionParts.Number(Units.Number(cell.QueryMilliseconds)),
            new Element("td").User(cell.Kernels), new Element("td").User(cell.Processor), new Element("td").User(cell.Version), new Element("td").User(cell.Ended),
        ]);

    private static string Join(IEnumerable<string> names) => string.Join(", ", names.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal));
}
