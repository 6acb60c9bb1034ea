using Attune.Evaluation.Comparison;

namespace Attune.Evaluation.Reports;

/// <summary>The page's head: what was compared, what was found, and what to beware of.</summary>
internal static class HeadlineSection
{
    public static Element Build(ReportContext context)
    {
        var summary = context.Summary;
        var header = new Element("header").Add(
            new Element("p", "over").Text("Attune comparison"),
            new Element("h1").User(summary.Task),
            Setting(context));
        var claim = new Element("div", "headline");
        foreach (var sentence in Headline.Sentences(summary))
            claim.Add(Sentence(sentence));
        if (HeldOut(context) is { } heldOut)
            claim.Add(SectionParts.Note(heldOut));
        return header.Add(claim, Warnings(summary));
    }

    private static Element Setting(ReportContext context)
    {
        var summary = context.Summary;
        var line = new Element("p", "setting").User(Either(summary.Model, "no language model"));
        if (summary.Encoder.Length > 0)
            line.Text(" · encoder ").User(summary.Encoder);
        var seeds = summary.Rows.Select(r => r.Seeds).DefaultIfEmpty().Max();
        var rows = summary.Rows.Select(r => r.Rows).DefaultIfEmpty().Max();
        return line.Text($" · {Units.Count(seeds, "seed", "seeds")} · {Units.Count(rows, "test row", "test rows")} a seed · precision {summary.Precision} · took {Units.Duration(summary.Seconds)}");
    }

    private static Element Sentence(IEnumerable<Phrase> phrases)
    {
        var line = new Element("p", "claim");
        foreach (var phrase in phrases)
        {
            var place = phrase.Strong ? new Element("strong") : line;
            _ = phrase.Foreign ? place.User(phrase.Text) : place.Text(phrase.Text);
            if (phrase.Strong)
                line.Add(place);
        }
        return line;
    }

    private static string? HeldOut(ReportContext context)
    {
        var summary = context.Summary;
        return summary.Winner.Length == 0 || (summary.WinnerHeldOut == 0 && summary.WinnerFull == 0) ? null
            : $"The winner was picked on one half of the test rows. On the other half, which had no part in the choice, its {context.Format.Name} is {context.Format.Value(summary.WinnerHeldOut)}; on all test rows {context.Format.Value(summary.WinnerFull)}.";
    }

    private static Element? Warnings(Summary summary)
    {
        if (summary.Warnings.Count == 0)
            return null;
        var list = new Element("ul").Add(summary.Warnings.Select(w => new Element("li").User(w)));
        return new Element("div", "warnings").Set("role", "note").Add(new Element("strong").Text("⚠ Beware"), list);
    }

    private static string Either(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
