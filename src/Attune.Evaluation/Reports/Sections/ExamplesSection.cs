using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>Test rows on which methods disagree, those that split them most first.</summary>
internal static class ExamplesSection
{
    private const int Shown = 20;
    private const int TextShown = 1500;

    public static Element Build(ReportContext context)
    {
        var section = SectionParts.Section("examples", "Where methods disagree");
        var (seed, rows) = Disagreements(context);
        if (rows.Count == 0)
            return section.Add(SectionParts.Note("There is no test row that two methods predicted, with the same seed, and answered differently."));
        section.Add(SectionParts.Note($"The {Units.Count(Math.Min(Shown, rows.Count))} rows, of {Units.Count(rows.Count)} with different answers (seed {Units.Count(seed)}), that split the methods most; each method at its best budget, with its confidence.{(context.NoExamples ? " Texts were left out, as asked." : "")}"));
        return section.Add(new Element("ol", "examples").Add(rows.Take(Shown).Select(r => Example(context, r))));
    }

    /// <summary>Rows with more than one answer, over the seed that most methods have; most evenly split first, then by identity.</summary>
    private static (int Seed, List<List<(MethodView Method, RowPrediction Row)>> Rows) Disagreements(ReportContext context)
    {
        var seeds = context.Methods.SelectMany(m => m.Seeds.Select(s => s.Seed)).GroupBy(s => s).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        if (seeds.Count == 0)
            return (0, []);
        var seed = seeds[0].Key;
        var rows = context.Methods.SelectMany(m => m.Seeds.Where(s => s.Seed == seed).SelectMany(s => s.Rows).Select(r => (Method: m, Row: r)))
            .GroupBy(r => r.Row.Id, StringComparer.Ordinal).Select(g => g.ToList())
            .Where(g => g.Select(r => r.Row.Label).Distinct().Count() > 1)
            .OrderBy(g => Math.Abs((2 * g.Count(r => r.Row.Label == r.Row.Gold)) - g.Count))
            .ThenByDescending(g => g.Select(r => r.Row.Label).Distinct().Count())
            .ThenBy(g => g[0].Row.Id.Length).ThenBy(g => g[0].Row.Id, StringComparer.Ordinal).ToList();
        return (seed, rows);
    }

    private static Element Example(ReportContext context, List<(MethodView Method, RowPrediction Row)> answers)
    {
        var row = answers[0].Row;
        var item = new Element("li");
        item.Add(new Element("p", "where").User(row.Id).Text(" · right: ").Add(new Element("strong").User(context.Answer(row, row.Gold))));
        if (!context.NoExamples && answers.Select(a => a.Row.Text).FirstOrDefault(t => t is not null) is { } text)
            item.Add(TextOf(text));
        var list = new Element("dl", "answers");
        foreach (var group in answers.GroupBy(a => a.Row.Label).OrderByDescending(g => g.Key == row.Gold).ThenByDescending(g => g.Count()))
        {
            var right = group.Key == row.Gold;
            var term = new Element("dt", right ? "good" : "bad").Text(right ? "✓ " : "✗ ");
            _ = group.Key is null ? term.Text("no answer") : term.User(context.Answer(row, group.Key));
            list.Add(term, Methods(context, group));
        }
        return item.Add(list);
    }

    private static Element Methods(ReportContext context, IEnumerable<(MethodView Method, RowPrediction Row)> group)
    {
        var cell = new Element("dd");
        foreach (var (method, row) in group)
        {
            var confidence = context.Confidence(row) is { } c ? $" {Units.Format(c * 100, "0")}%" : "";
            cell.Add(new Element("span", "answer").User(method.Row.Method).Text(confidence)).Text(" ");
        }
        return cell;
    }

    private static Element TextOf(string text)
    {
        var start = VisibleText.Start(text, TextShown);
        var quote = new Element("blockquote").User(start);
        return start.Length == text.Length ? quote : quote.Text($" … ({Units.Count(text.Length - start.Length)} more characters)");
    }
}
