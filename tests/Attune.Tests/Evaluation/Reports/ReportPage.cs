using System.Xml;
using System.Xml.Linq;

namespace Attune.Tests.Evaluation.Reports;

/// <summary>Reads a page as XML, which fails on any tag that is not closed and any character that is not escaped.</summary>
internal static class ReportPage
{
    public static XDocument Parse(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    public static XElement Section(XDocument page, string id) => page.Descendants("section").Single(s => s.Attribute("id")?.Value == id);
}
