using Attune.Evaluation.Reports;

namespace Attune.Reproductions;

/// <summary>page.html: what a run found, in one file without script, network or other files, light and dark, in the report's style. The page is well-formed XML too.</summary>
public static class ResultPage
{
    /// <summary>Nothing may be loaded and no script may run, whatever the page holds.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    public static string Render(ReproductionResult result)
    {
        var page = new Element("html").Set("lang", "en").Add(
            Head(result.Card),
            new Element("body").Add(Header(result), new Element("main").Add(Claims(result), Exhibits(result), Checks(result), Run(result))));
        return $"<!DOCTYPE html>\n{page}\n";
    }

    private static Element Head(ReproductionCard card) => new Element("head").Add(
        new Element("meta").Set("charset", "utf-8"),
        new Element("meta").Set("http-equiv", "Content-Security-Policy").Set("content", Policy),
        new Element("meta").Set("name", "viewport").Set("content", "width=device-width, initial-scale=1"),
        new Element("meta").Set("name", "color-scheme").Set("content", "light dark"),
        new Element("title").Text($"{card.Id} {card.Title}: Attune reproduction"),
        new Element("style").Text(ReportStyle.Css + PageStyle.Css));

    private static Element Header(ReproductionResult result)
    {
        var card = result.Card;
        var said = new Element("div", "headline").Add(
            new Element("p", "claim").Add(new Element("strong").Text(result.Failed ? "Void: something failed that must hold at any scale." : $"{VerdictText.Counts(result.Findings)}.")),
            SectionParts.Note($"Done when: {card.DoneWhen}"));
        return new Element("header").Add(
            new Element("p", "over").Text($"Attune reproduction · {card.Id}"),
            new Element("h1").Text(card.Title),
            new Element("p", "setting").Text($"{card.Paper} · {VerdictText.Of(result.Scale)} scale · {Units.Count(result.Seeds, "seed", "seeds")} · took {Units.Duration(result.Seconds)}"),
            said);
    }

    private static Element Claims(ReproductionResult result)
    {
        var scale = result.Scale == RunScale.Smoke ? " A smoke run shows that it runs and says nothing of whether a claim holds." : "";
        var body = new Element("tbody").Add(result.Findings.Select(Claim));
        return SectionParts.Section("claims", "Claims", $"{result.Card.Setting} Thresholds were fixed before the runs; intervals are 95% over seeds (Student).{scale}").Add(
            SectionParts.Scrolling(new Element("table", "claims shown").Add(SectionParts.Headers("claim", "verdict", "measured", "held when"), body), "Claims"));
    }

    private static Element Claim(Finding finding)
    {
        var css = finding.Verdict switch
        {
            Verdict.Held => "verdict held",
            Verdict.NotHeld => "verdict not",
            _ => "verdict none",
        };
        var values = new Element("ul", "values").Add(finding.Values.Select(v => new Element("li").Text($"{v.Name}: {NumberText.Of(v)}")));
        return new Element("tr").Add(
            new Element("td").Text(finding.Claim.Sentence),
            new Element("td", css).Text(VerdictText.Of(finding.Verdict)),
            new Element("td").Add(values, SectionParts.Note(finding.Because)),
            new Element("td").Text(finding.Claim.Threshold));
    }

    private static Element? Exhibits(ReproductionResult result)
    {
        if (result.Exhibits.Count == 0)
            return null;
        var section = SectionParts.Section("figures", "Figures and tables");
        var charts = result.Exhibits.OfType<Figure>().Select(f => Titled(f.Title, FigureChart.Draw(f))).ToList();
        if (charts.Count > 0)
            section.Add(SectionParts.Grid("large", charts));
        foreach (var exhibit in result.Exhibits)
        {
            if (exhibit is HeatMap map)
                section.Add(new Element("h3").Text(map.Title), HeatMapTable.Draw(map));
            else if (exhibit is ResultTable table)
                section.Add(new Element("h3").Text(table.Title), Table(table));
        }
        return section;
    }

    private static Element Titled(string title, Element chart) =>
        new Element("figure").Add(new Element("figcaption").Add(new Element("strong").Text(title)), chart);

    private static Element Table(ResultTable table)
    {
        var body = new Element("tbody").Add(table.Rows.Select(r => new Element("tr").Add(r.Select((cell, i) =>
            i == 0 ? new Element("th").Set("scope", "row").Text(cell) : new Element("td").Text(cell)))));
        return SectionParts.Scrolling(new Element("table", "shown").Add(SectionParts.Headers(table.Columns), body), table.Title);
    }

    private static Element? Checks(ReproductionResult result)
    {
        if (result.Checks.Count == 0)
            return null;
        var body = new Element("tbody").Add(result.Checks.Select(c => new Element("tr").Add(
            new Element("td").Text(c.Name), SectionParts.Number(NumberText.Of(c.Error)), SectionParts.Number(NumberText.Of(c.Bound)),
            new Element("td", c.Holds ? "verdict held" : "verdict not").Text(c.Holds ? "holds" : "fails"))));
        return SectionParts.Section("checks", "What must hold at any scale").Add(
            SectionParts.Scrolling(new Element("table", "shown").Add(SectionParts.Headers("check", "error", "bound", ""), body), "Checks"));
    }

    private static Element Run(ReproductionResult result) => SectionParts.Section("run", "How it was run").Add(
        SectionParts.Facts(
        [
            ("again", FormattableString.Invariant($"attune reproduce {result.Card.Id} --scale {VerdictText.Of(result.Scale)} --seeds {result.Seeds} --seed {result.FirstSeed}"), false),
            ("version", result.Version, false), ("processor", result.Processor, true), ("kernels", result.Kernels, false), ("threads", Units.Count(result.Threads), false),
            ("configuration", ResultJson.ConfigurationHash(result), false), ("time", Units.Duration(result.Seconds), false),
            .. result.Settings.Select(s => (s.Name, (string?)s.Value, false)),
        ]));
}
