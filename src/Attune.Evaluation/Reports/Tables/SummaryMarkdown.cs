using System.Text;
using Attune.Evaluation.Comparison;
using Attune.Models.Files;

namespace Attune.Evaluation.Reports;

/// <summary>summary.md: the headline and the table as GitHub shows it, ready to be pasted.</summary>
public static class SummaryMarkdown
{
    /// <exception cref="Attune.Tensors.AttuneException">The file cannot be written.</exception>
    public static void Write(Summary summary, string path) => AtomicFile.Write(path, Text(summary));

    public static string Text(Summary summary)
    {
        var text = new StringBuilder();
        foreach (var sentence in Headline.Of(summary))
            text.Append(Escape(sentence)).Append(' ');
        text.Length = Math.Max(0, text.Length - 1);
        text.Append("\n\n").Append(Table(SummaryTable.Build(summary)));
        foreach (var warning in summary.Warnings)
            text.Append("\nWarning: ").Append(Escape(VisibleText.Of(warning, keepLines: false))).Append('\n');
        return text.ToString();
    }

    /// <summary>The table and its legend alone.</summary>
    public static string Table(SummaryTable table)
    {
        var text = new StringBuilder("| |");
        foreach (var column in table.Columns)
            text.Append(' ').Append(Escape(column.Header)).Append(" |");
        text.Append("\n|---|");
        foreach (var column in table.Columns)
            text.Append(column.AlignRight ? "---:|" : "---|");
        text.Append('\n');
        foreach (var row in table.Rows)
        {
            text.Append("| ").Append(row.Signs).Append(" |");
            for (var i = 0; i < row.Cells.Count; i++)
            {
                // Only the name is bold: a row that is all bold is harder to read.
                var strong = i == SummaryTable.Method && row.Marks.HasFlag(RowMarks.Winner) ? "**" : "";
                text.Append(' ').Append(strong).Append(Escape(row.Cells[i].Text)).Append(strong).Append(" |");
            }
            text.Append('\n');
        }
        foreach (var sentence in table.Legend)
            text.Append('\n').Append(Escape(sentence)).Append('\n');
        return text.ToString();
    }

    /// <summary>Markdown's and HTML's own characters, so that a name cannot break the table or become a link, an image or a tag.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : ' ';
            _ = text[i] switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '|' or '\\' or '`' or '*' or '_' or '~' => escaped.Append('\\').Append(text[i]),
                ']' when next is '(' or '[' or ':' => escaped.Append("\\]"),
                _ => escaped.Append(text[i]),
            };
        }
        return escaped.ToString();
    }
}
