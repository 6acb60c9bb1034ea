using Attune.Evaluation.Reports;

namespace Attune.Reproductions;

/// <summary>A page of figures alone, in one file without script, network or other files, light and dark, in the report's style. The page is well-formed XML too.</summary>
public static class FigurePage
{
    /// <summary>Nothing may be loaded and no script may run, whatever the page holds.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    /// <param name="over">The line above the title.</param>
    /// <param name="title">The user's name for it.</param>
    /// <param name="setting">The line below.</param>
    public static string Render(string over, string title, string setting, IReadOnlyList<FigureSection> sections)
    {
        var head = new Element("head").Add(
            new Element("meta").Set("charset", "utf-8"),
            new Element("meta").Set("http-equiv", "Content-Security-Policy").Set("content", Policy),
            new Element("meta").Set("name", "viewport").Set("content", "width=device-width, initial-scale=1"),
            new Element("meta").Set("name", "color-scheme").Set("content", "light dark"),
            new Element("title").Text($"{title}: {over}"),
            new Element("style").Text(ReportStyle.Css + PageStyle.Css));
        var header = new Element("header").Add(new Element("p", "over").Text(over), new Element("h1").User(title), new Element("p", "setting").Text(setting));
        var page = new Element("html").Set("lang", "en").Add(head, new Element("body").Add(header, new Element("main").Add(sections.Where(s => s.Figures.Count > 0).Select(Section))));
        return $"<!DOCTYPE html>\n{page}\n";
    }

    private static Element Section(FigureSection section) => SectionParts.Section(section.Id, section.Title, section.Note).Add(
        SectionParts.Grid("large", section.Figures.Select(f => new Element("figure").Add(new Element("figcaption").Add(new Element("strong").User(f.Title)), FigureChart.Draw(f)))));
}
