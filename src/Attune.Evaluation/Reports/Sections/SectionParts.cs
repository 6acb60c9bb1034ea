namespace Attune.Evaluation.Reports;

/// <summary>The pieces that sections are made of.</summary>
internal static class SectionParts
{
    public static Element Section(string id, string heading, string explanation = "")
    {
        var section = new Element("section").Set("id", id).Set("aria-labelledby", id + "-title");
        section.Add(new Element("h2").Set("id", id + "-title").Text(heading));
        return explanation.Length == 0 ? section : section.Add(Note(explanation));
    }

    public static Element Note(string text) => new Element("p", "note").Text(text);

    /// <summary>A chart with its caption; the caption's name is the user's.</summary>
    public static Element Figure(Element chart, string name, string rest = "")
    {
        var caption = new Element("figcaption").Add(new Element("strong").User(name));
        return new Element("figure").Add(rest.Length == 0 ? caption : caption.Text(" " + rest), chart);
    }

    public static Element Grid(string css, IEnumerable<Element> figures) => new Element("div", "grid " + css).Add(figures);

    public static Element Details(Element summary, params IEnumerable<Element?> content) => new Element("details").Add(summary).Add(content);

    public static Element Summary(string text) => new Element("summary").Text(text);

    /// <summary>A block of text exactly as it is, lines kept; <paramref name="end"/> is drawn behind it, but is no part of it when copied.</summary>
    public static Element Exact(string text, string end = "") => new Element("pre").Set("tabindex", "0").Set("data-end", end).User(text);

    public static Element Headers(params IEnumerable<string> names) =>
        new Element("thead").Add(new Element("tr").Add(names.Select(n => new Element("th").Set("scope", "col").Text(n))));

    public static Element RowHeader(string user) => new Element("th").Set("scope", "row").User(user);

    public static Element Number(string text) => new Element("td", "number").Text(text);

    /// <summary>A table that scrolls by itself where it is wider than the page.</summary>
    public static Element Scrolling(Element table, string label) =>
        new Element("div", "scroll").Set("role", "region").Set("aria-label", label).Set("tabindex", "0").Add(table);

    /// <summary>Name and value, for lists of facts; null values are left out.</summary>
    public static Element Facts(params IEnumerable<(string Name, string? Value, bool Foreign)> facts)
    {
        var list = new Element("dl");
        foreach (var (name, value, foreign) in facts)
        {
            if (string.IsNullOrEmpty(value))
                continue;
            var cell = new Element("dd");
            list.Add(new Element("dt").Text(name), foreign ? cell.User(value) : cell.Text(value));
        }
        return list;
    }

    public static string LeftOut(ReportContext context) => context.MethodsLeftOut == 0 ? ""
        : $" {Units.Count(context.MethodsLeftOut, "method that did worse has", "methods that did worse have")} none here.";
}
