using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>The table, best row first; on a phone each row becomes a card (by style sheet), so roles are written out.</summary>
internal static class TableSection
{
    private const double BarWidth = 140, BarHeight = 16;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("table", "All results, best first");
        if (context.Table.Rows.Count == 0)
            return section.Add(SectionParts.Note("No cell finished."));
        var span = Span(context);
        var table = new Element("table", "results").Set("role", "table").Set("aria-label", "Results, best first").Add(Head(context.Table));
        var body = new Element("tbody").Set("role", "rowgroup");
        for (var i = 0; i < context.Table.Rows.Count; i++)
            body.Add(Row(context, i, span));
        foreach (var sentence in context.Table.Legend)
            section.Add(SectionParts.Note($"{sentence} Bars show the 95% interval on one scale, {context.Format.Tick(span.Low)} to {context.Format.Tick(span.High)}; the thin line is the baseline."));
        return section.Add(new Element("div", "wide").Add(table.Add(body)), Meanings(context.Table));
    }

    private static Element Head(SummaryTable table) => new Element("thead").Set("role", "rowgroup").Add(new Element("tr").Set("role", "row")
        .Add(new Element("th").Set("scope", "col").Set("role", "columnheader").Text("#"))
        .Add(table.Columns.Select(c => new Element("th", c.AlignRight ? "number" : "").Set("scope", "col").Set("role", "columnheader").Set("title", c.Meaning).User(c.Header))));

    private static Element Row(ReportContext context, int index, (double Low, double High) span)
    {
        var (row, summary) = (context.Table.Rows[index], context.Summary.Rows[index]);
        var css = row.Marks.HasFlag(RowMarks.Winner) ? "winner" : row.Marks.HasFlag(RowMarks.NotDistinguishable) ? "close" : "";
        var line = new Element("tr", css).Set("role", "row").Add(new Element("td", "rank number").Set("role", "cell").Text(Units.Count(index + 1)), Name(row));
        for (var i = SummaryTable.Shots; i < row.Cells.Count; i++)
        {
            var cell = new Element("td", i == SummaryTable.Shots ? "shots number" : i == SummaryTable.Score ? "score" : i == SummaryTable.Difference ? "difference number" : "number")
                .Set("role", "cell").Set("data-label", context.Table.Columns[i].Header);
            if (i == SummaryTable.Shots)
                cell.User(row.Cells[i].Text);
            else
                cell.Text(row.Cells[i].Text);
            if (i == SummaryTable.Score)
                cell.Add(Bar(context, summary, span));
            if (i == SummaryTable.Difference && summary.P is { } p)
                cell.Add(new Element("span", "p").Text(Units.P(p)));
            line.Add(cell);
        }
        return line;
    }

    private static Element Name(TableRow row)
    {
        var cell = new Element("th", "method").Set("scope", "row").Set("role", "rowheader").User(row.Cells[SummaryTable.Method].Text);
        foreach (var (mark, sign, meaning) in SummaryTable.Signs)
        {
            if (row.Marks.HasFlag(mark))
                cell.Add(new Element("span", "mark " + mark.ToString().ToLowerInvariant()).Set("title", meaning).Text($"{sign} {ShortMeaning(mark, meaning)}"));
        }
        return cell;
    }

    private static string ShortMeaning(RowMarks mark, string meaning) => mark switch
    {
        RowMarks.NotDistinguishable => "winner",
        RowMarks.Cheapest => "cheapest",
        _ => meaning,
    };

    private static Element Bar(ReportContext context, SummaryRow row, (double Low, double High) span)
    {
        double At(double value) => 3 + (Math.Clamp((value - span.Low) / (span.High - span.Low), 0, 1) * (BarWidth - 6));
        var svg = new Element("svg", "bar").Set("viewBox", FormattableString.Invariant($"0 0 {BarWidth} {BarHeight}")).Set("role", "img")
            .Set("aria-label", $"{context.Format.Name} {context.Format.WithInterval(row.Mean, row.Low, row.High)}");
        svg.Add(Line("rail", 0, BarWidth, BarHeight / 2, BarHeight / 2));
        if (context.Summary.Rows.FirstOrDefault(r => r.Method == context.Summary.Baseline && r.Difference is null) is { } baseline && double.IsFinite(baseline.Mean))
            svg.Add(Line("baseline", At(baseline.Mean), At(baseline.Mean), 0, BarHeight));
        if (!double.IsFinite(row.Mean) || !double.IsFinite(row.Low) || !double.IsFinite(row.High))
            return svg;
        return svg.Add(
            Line("interval", At(row.Low), At(row.High), BarHeight / 2, BarHeight / 2),
            new Element("circle").Set("cx", At(row.Mean)).Set("cy", BarHeight / 2).Set("r", 3.4));
    }

    private static Element Line(string css, double x1, double x2, double y1, double y2) =>
        new Element("line", css).Set("x1", x1).Set("x2", x2).Set("y1", y1).Set("y2", y2);

    /// <summary>Where the bars begin and end: round values around all intervals.</summary>
    private static (double Low, double High) Span(ReportContext context)
    {
        var (low, high) = context.Ends(context.Summary.Rows);
        var step = Scale.NiceStep(Math.Max((high - low) / 5, 1e-6));
        var end = (Math.Floor(high / step) + 1) * step;
        return (Math.Floor(low / step) * step, context.Format.IsShare && low < 1 ? Math.Min(1, end) : end);
    }

    private static Element Meanings(SummaryTable table) => SectionParts.Details(
        SectionParts.Summary("What the columns mean"),
        SectionParts.Facts(table.Columns.Select(c => (c.Header, (string?)c.Meaning, false)))
            .Add(new Element("dt").Text("p"), new Element("dd").Text("Two-sided, of the difference to the baseline, corrected for the number of comparisons in the table (Holm).")));
}
