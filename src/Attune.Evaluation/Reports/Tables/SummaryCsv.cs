using System.Text;
using Attune.Evaluation.Comparison;
using Attune.Models.Files;

namespace Attune.Evaluation.Reports;

/// <summary>summary.csv: the fields of summary.json's rows, numbers in full, and the marks; RFC 4180 with line feeds, UTF-8.</summary>
public static class SummaryCsv
{
    /// <exception cref="Attune.Tensors.AttuneException">The file cannot be written.</exception>
    public static void Write(Summary summary, string path) => AtomicFile.Write(path, Text(summary));

    public static string Text(Summary summary)
    {
        var table = SummaryTable.Build(summary);
        var csv = new StringBuilder();
        Line(csv, [.. table.Columns.SelectMany(c => c.Fields), "winner", "best", "cheapest", "baseline"]);
        foreach (var row in table.Rows)
        {
            var best = row.Marks.HasFlag(RowMarks.Winner) || row.Marks.HasFlag(RowMarks.NotDistinguishable);
            Line(csv, [.. row.Cells.SelectMany(c => c.Values), Flag(row, RowMarks.Winner), best ? "true" : "false", Flag(row, RowMarks.Cheapest), Flag(row, RowMarks.Baseline)]);
        }
        return csv.ToString();
    }

    private static string Flag(TableRow row, RowMarks mark) => row.Marks.HasFlag(mark) ? "true" : "false";

    private static void Line(StringBuilder csv, IEnumerable<string> values) => csv.AppendJoin(',', values.Select(Quote)).Append('\n');

    private static string Quote(string value) =>
        value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : '"' + value.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
