using System.Globalization;
using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>The results of a comparison for a person: table, legend, winner, what was left out, where all lies.</summary>
internal static class ComparisonText
{
    /// <summary>Method, shots and score are shown however narrow the terminal is.</summary>
    private const int LeastColumns = 3;

    /// <summary>Blanks between two columns.</summary>
    private const int Between = 3;

    public static void Write(RunResults results, string folder, Shell shell)
    {
        var summary = results.Summary;
        var console = shell.OutConsole();
        var built = SummaryTable.Build(summary);
        var columns = Fitting(built, console.Profile.Width);
        console.Write(Table(built, columns));
        if (columns < built.Columns.Count && !shell.Quiet)
            console.MarkupLine($"[dim]For want of width without {Visible.Markup(string.Join(", ", built.Columns.Skip(columns).Select(c => c.Header)))}; the report has them.[/]");
        foreach (var sentence in built.Legend)
            console.MarkupLine($"[dim]{Visible.Markup(sentence)}[/]");
        console.WriteLine();
        console.MarkupLine($"[bold]{Visible.Markup(string.Join(' ', Headline.Of(summary)))}[/]");
        LeftOut(summary, console);
        if (shell.Verbose)
            Prompts(results, console);
        if (shell.Quiet)
            return;
        console.WriteLine();
        var paths = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        paths.AddRow("report", Visible.Markup(Path.Combine(folder, "report.html")));
        paths.AddRow("numbers", Visible.Markup(Path.Combine(folder, "summary.json")) + ", .csv, .md");
        if (Directory.Exists(Path.Combine(folder, "best")))
            paths.AddRow("winner", Visible.Markup(Path.Combine(folder, "best")) + "  (attune predict FOLDER FILE)");
        console.Write(paths);
    }

    /// <summary>How many columns fit, from the left; the most important ones stand there.</summary>
    private static int Fitting(SummaryTable built, int width)
    {
        var used = Between + built.Rows.Select(r => r.Signs.Length).DefaultIfEmpty(0).Max() + Between;
        for (var i = 0; i < built.Columns.Count; i++)
        {
            used += Between + built.Rows.Select(r => Visible.Line(r.Cells[i].Text).Length).Append(built.Columns[i].Header.Length).Max();
            if (used > width && i >= LeastColumns)
                return i;
        }
        return built.Columns.Count;
    }

    private static Table Table(SummaryTable built, int columns)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (var column in built.Columns.Take(columns))
            table.AddColumn(new Spectre.Console.TableColumn(Visible.Markup(column.Header)) { Alignment = column.AlignRight ? Justify.Right : Justify.Left, NoWrap = column.AlignRight });
        foreach (var row in built.Rows)
        {
            var style = row.Marks.HasFlag(RowMarks.Winner) ? "bold" : row.Marks.HasFlag(RowMarks.NotDistinguishable) ? "default" : "dim";
            table.AddRow([Visible.Markup(row.Signs), .. row.Cells.Take(columns).Select(c => $"[{style}]{Visible.Markup(c.Text)}[/]")]);
        }
        return table;
    }

    /// <summary>Cells without a result, those with one reason together.</summary>
    private static void LeftOut(Summary summary, IAnsiConsole console)
    {
        foreach (var group in summary.LeftOut.GroupBy(c => (c.Method, c.Status, c.Message)))
        {
            var shots = string.Join(", ", group.Select(c => c.Shots).Distinct());
            var status = group.Key.Status switch { CellStatus.NotApplicable => "not applicable", CellStatus.Failed => "failed", _ => "not run" };
            console.MarkupLine(string.Create(CultureInfo.InvariantCulture,
                $"{Visible.Markup(group.Key.Method)} at {Visible.Markup(shots)} shots: {status} ({group.Count()} {(group.Count() == 1 ? "cell" : "cells")}): {Visible.Markup(group.Key.Message)}"));
        }
    }

    /// <summary>The exact prompt of the first test row, once for each method and budget.</summary>
    private static void Prompts(RunResults results, IAnsiConsole console)
    {
        foreach (var cell in results.Cells.Where(c => c.Status == CellStatus.Done).DistinctBy(c => (c.Method, c.Shots)))
        {
            if (!results.Predictions.TryGetValue(cell.Key, out var rows) || rows.FirstOrDefault(r => r.Prompt is not null)?.Prompt is not { } prompt)
                continue;
            console.WriteLine();
            console.MarkupLine($"[bold]prompt of {Visible.Markup(cell.Method)}, {Visible.Markup(cell.Shots)} shots[/]");
            console.Write(new Text(Visible.Lines(prompt) + "\n"));
        }
    }
}
