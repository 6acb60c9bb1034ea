using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>What is taken for what: a matrix for each method where labels are few, else the pairs confused most.</summary>
internal static class ConfusionSection
{
    /// <summary>Labels up to which a matrix is readable on a phone.</summary>
    private const int MatrixLabels = 12;
    private const int PairsShown = 12;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("confusion", "What is taken for what");
        if (!context.HasLabels)
            return section.Add(SectionParts.Note("Each row brings its own choices, so there are no labels that could be confused over rows."));
        var labels = context.Run.Task.Labels;
        var seen = context.Methods.Where(m => m.Seeds.Count > 0).ToList();
        if (seen.Count == 0)
            return section.Add(SectionParts.Note("No predictions were recorded."));
        if (labels.Count <= MatrixLabels)
        {
            return section.Add(
                SectionParts.Note($"Rows are the right labels, columns the predicted ones; numbers are rows over all seeds of the method's best budget, shades the share of the row. Outlined cells are right.{SectionParts.LeftOut(context)}"),
                SectionParts.Grid("matrices", seen.Select(m => SectionParts.Figure(Matrix(context, m), m.Title))));
        }
        section.Add(SectionParts.Note($"With {Units.Count(labels.Count)} labels a matrix would not be readable: these are the pairs confused most, over all seeds of each method's best budget.{SectionParts.LeftOut(context)}"));
        return section.Add(seen.Select((m, i) => Pairs(context, m, open: i == 0)));
    }

    private static Element Matrix(ReportContext context, MethodView method)
    {
        var labels = context.Run.Task.Labels;
        var counts = Counts(context, method.Rows);
        var dropped = counts.Keys.Any(k => k.Predicted < 0);
        var columns = Enumerable.Range(0, labels.Count).Append(-1).Where(c => c >= 0 || dropped).ToList();
        var head = new Element("tr").Add(new Element("td", "corner").Text("right ↓ predicted →"));
        foreach (var column in columns)
            head.Add(new Element("th", "top").Set("scope", "col").Add(column < 0 ? new Element("span").Text("no answer") : new Element("span").User(labels[column])));
        var body = new Element("tbody");
        for (var gold = 0; gold < labels.Count; gold++)
        {
            var all = columns.Sum(c => counts.GetValueOrDefault((gold, c)));
            body.Add(new Element("tr").Add(SectionParts.RowHeader(labels[gold])).Add(columns.Select(c => Cell(counts.GetValueOrDefault((gold, c)), all, c == gold))));
        }
        var table = new Element("table", "matrix").Set("aria-label", $"Confusion matrix of {method.Title}").Add(new Element("thead").Add(head), body);
        return SectionParts.Scrolling(table, $"Confusion matrix of {method.Title}");
    }

    private static Element Cell(int count, int all, bool right)
    {
        var share = all == 0 ? 0 : count / (double)all;
        // Half strength at most, so that the ink stays readable on every shade, light and dark.
        return new Element("td", right ? "right" : "wrong").Set("style", $"--s:{Units.Format(share * 50, "0")}%").Set("title", $"{Units.Format(share * 100, "0")}% of the row").Text(Units.Count(count));
    }

    private static Element Pairs(ReportContext context, MethodView method, bool open)
    {
        var counts = Counts(context, method.Rows);
        var totals = counts.GroupBy(c => c.Key.Gold).ToDictionary(g => g.Key, g => g.Sum(c => c.Value));
        var wrong = counts.Where(c => c.Key.Gold != c.Key.Predicted).OrderByDescending(c => c.Value).ThenBy(c => c.Key.Gold).ThenBy(c => c.Key.Predicted).ToList();
        var body = new Element("tbody");
        foreach (var ((gold, predicted), count) in wrong.Take(PairsShown))
        {
            body.Add(new Element("tr").Add(
                SectionParts.RowHeader(context.Run.Task.Labels[gold]),
                predicted < 0 ? new Element("td").Text("no answer") : new Element("td").User(context.Run.Task.Labels[predicted]),
                SectionParts.Number($"{Units.Count(count)} of {Units.Count(totals[gold])}")));
        }
        var table = new Element("table", "plain").Add(SectionParts.Headers("right", "taken for", "rows of that label"), body);
        var errors = wrong.Sum(c => c.Value);
        var heading = new Element("summary").User(method.Title).Text($": {Units.Count(errors, "error", "errors")} in {Units.Count(totals.Values.Sum(), "row", "rows")}, {Units.Count(wrong.Count, "pair", "different pairs")}");
        var details = SectionParts.Details(heading, wrong.Count == 0 ? SectionParts.Note("Nothing was confused.") : SectionParts.Scrolling(table, $"Pairs confused most by {method.Title}"));
        return open ? details.Set("open", "open") : details;
    }

    /// <summary>Rows by right and predicted label, as indexes; −1: no answer, as of a row that did not fit the context.</summary>
    private static Dictionary<(int Gold, int Predicted), int> Counts(ReportContext context, IEnumerable<RowPrediction> rows)
    {
        var counts = new Dictionary<(int, int), int>();
        foreach (var row in rows)
        {
            if (context.LabelIndex(row.Gold) is not { } gold)
                continue;
            var key = (gold, row.Label is null ? -1 : context.LabelIndex(row.Label) ?? -1);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        return counts;
    }
}
