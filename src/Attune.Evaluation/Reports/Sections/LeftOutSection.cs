using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>What was not measured and why, what was shortened, and what methods said of their fitting.</summary>
internal static class LeftOutSection
{
    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("left-out", "What was left out, and notes");
        var cells = LeftOut(context.Summary.LeftOut);
        var cuts = context.Summary.Rows.Where(r => r.Dropped > 0 || r.Shortened > 0).ToList();
        var notes = context.Run.Cells.SelectMany(c => c.Notes.Select(n => (c.Method, c.Shots, c.Seed, Note: n))).GroupBy(n => (n.Method, n.Shots, n.Note)).ToList();
        if (cells is null && cuts.Count == 0 && notes.Count == 0)
            return section.Add(SectionParts.Note("Everything that was asked for was measured, every row in full, and fitting had nothing to report."));
        return section.Add(cells, Cuts(cuts), Notes(notes.Select(g => (g.Key.Method, g.Key.Shots, Seeds(g.Select(n => n.Seed)), g.Key.Note)).ToList()));
    }

    private static Element? LeftOut(IReadOnlyList<CellResult> cells)
    {
        if (cells.Count == 0)
            return null;
        var body = new Element("tbody");
        foreach (var group in cells.GroupBy(c => (c.Method, c.Shots, c.Status, c.Message)))
        {
            body.Add(new Element("tr").Add(
                SectionParts.RowHeader(group.Key.Method),
                new Element("td").User(group.Key.Shots),
                new Element("td").Text(Seeds(group.Select(c => c.Seed))),
                new Element("td").Text(group.Key.Status switch { CellStatus.Failed => "✗ failed", CellStatus.NotApplicable => "not applicable", _ => "done" }),
                new Element("td").User(group.Key.Message)));
        }
        var table = new Element("table", "plain").Add(SectionParts.Headers("method", "shots", "seeds", "what", "why"), body);
        return SectionParts.Scrolling(table, "Cells that were left out");
    }

    private static Element? Cuts(List<SummaryRow> rows)
    {
        if (rows.Count == 0)
            return null;
        var body = new Element("tbody");
        foreach (var row in rows)
            body.Add(new Element("tr").Add(SectionParts.RowHeader(MethodView.Name(row)), SectionParts.Number(Units.Count(row.Dropped)), SectionParts.Number(Units.Count(row.Shortened)), SectionParts.Number(Units.Count((long)row.Rows * row.Seeds))));
        return new Element("div").Add(
            new Element("h3").Text("Rows that did not fit the model's context"),
            SectionParts.Scrolling(new Element("table", "plain").Add(SectionParts.Headers("method", "dropped (count as wrong)", "shortened", "of rows over all seeds"), body), "Rows that did not fit"));
    }

    private static Element? Notes(List<(string Method, string Shots, string Seeds, string Note)> notes)
    {
        if (notes.Count == 0)
            return null;
        var body = new Element("tbody").Add(notes.Select(n => new Element("tr").Add(
            SectionParts.RowHeader(n.Method), new Element("td").User(n.Shots), new Element("td").Text(n.Seeds), new Element("td").User(n.Note))));
        return SectionParts.Details(
            SectionParts.Summary($"Notes of fitting ({Units.Count(notes.Count)})"),
            SectionParts.Scrolling(new Element("table", "plain").Add(SectionParts.Headers("method", "shots", "seeds", "note"), body), "Notes of fitting"));
    }

    private static string Seeds(IEnumerable<int> seeds) => string.Join(", ", seeds.Distinct().Order().Select(s => Units.Count(s)));
}
