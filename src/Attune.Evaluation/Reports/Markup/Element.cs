using System.Globalization;
using System.Text;

namespace Attune.Evaluation.Reports;

/// <summary>
/// An element of HTML or SVG. All text and attributes pass through <see cref="VisibleText"/> and are escaped here, the only place
/// where markup is written, so no string from data can become markup; tags are balanced by construction.
/// </summary>
internal sealed class Element(string name)
{
    private readonly List<(string Name, string Value)> attributes = [];
    private readonly List<object> children = [];

    public Element(string name, string css) : this(name)
    {
        if (css.Length > 0)
            Set("class", css);
    }

    public Element Set(string attribute, string value)
    {
        attributes.Add((attribute, value));
        return this;
    }

    /// <summary>A coordinate, to a tenth of a unit.</summary>
    public Element Set(string attribute, double value) => Set(attribute, value.ToString("0.#", CultureInfo.InvariantCulture));

    public Element Add(params IEnumerable<Element?> elements)
    {
        children.AddRange(elements.OfType<Element>());
        return this;
    }

    /// <summary>Our own words.</summary>
    public Element Text(string text)
    {
        children.Add(text);
        return this;
    }

    /// <summary>Words of the user, the data or the model: isolated, so that their direction does not turn what stands around them.</summary>
    public Element User(string text) => Add(new Element("bdi").Text(text));

    public override string ToString()
    {
        var html = new StringBuilder();
        Write(html);
        return html.ToString();
    }

    private void Write(StringBuilder html)
    {
        html.Append('<').Append(name);
        foreach (var (attribute, value) in attributes)
        {
            html.Append(' ').Append(attribute).Append("=\"");
            Escape(html, value);
            html.Append('"');
        }
        if (name is "meta" or "br")
        {
            html.Append(" />");
            return;
        }
        html.Append('>');
        foreach (var child in children)
        {
            if (child is Element element)
                element.Write(html);
            else
                Escape(html, (string)child);
        }
        html.Append("</").Append(name).Append('>');
        if (name is "tr" or "section" or "figure" or "head" or "style" or "li" or "details" or "g" or "dd")
            html.Append('\n');
    }

    private static void Escape(StringBuilder html, string text)
    {
        foreach (var c in VisibleText.Of(text, keepLines: true))
        {
            _ = c switch
            {
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '&' => html.Append("&amp;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                _ => html.Append(c),
            };
        }
    }
}
