using System.Globalization;
using Attune.Reproductions;
using Spectre.Console;

namespace Attune.Cli.Terminal;

/// <summary>What a reproduction found, for a person.</summary>
internal static class ReproductionText
{
    public static void WriteList(IReadOnlyList<IReproduction> reproductions, Shell shell)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "title", "minutes: smoke", "small", "full", "needs");
        foreach (var card in reproductions.Select(r => r.Card))
            table.AddRow($"[bold]{Visible.Markup(card.Id)}[/]", Visible.Markup(card.Title), Minutes(card.Minutes.Smoke), Minutes(card.Minutes.Small), Minutes(card.Minutes.Full), card.Needs.Count == 0 ? "nothing" : Visible.Markup(string.Join(", ", card.Needs)));
        shell.OutConsole().Write(table);
        shell.Note("Minutes are those of two cores. 'attune reproduce ID' runs one at its small scale.");
    }

    public static void Write(ReproductionResult result, string folder, Shell shell)
    {
        var console = shell.OutConsole();
        var card = result.Card;
        console.MarkupLine($"[bold]{Visible.Markup(card.Id)} {Visible.Markup(card.Title)}[/]  {VerdictText.Of(result.Scale)} scale, {result.Seeds} {(result.Seeds == 1 ? "seed" : "seeds")}, {Amounts.Time(TimeSpan.FromSeconds(result.Seconds))}");
        console.MarkupLine($"[dim]Done when: {Visible.Markup(card.DoneWhen)}[/]");
        if (shell.Verbose)
            console.MarkupLine($"[dim]{Visible.Markup(card.Setting)}[/]");
        foreach (var finding in result.Findings)
            WriteFinding(finding, console);
        if (result.Checks.Count > 0)
            WriteChecks(result, console, shell.Verbose);
        if (shell.Quiet)
            return;
        console.WriteLine();
        var paths = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        paths.AddRow("page", Visible.Markup(Path.Combine(folder, "page.html")));
        paths.AddRow("numbers", Visible.Markup(Path.Combine(folder, "result.json")));
        console.Write(paths);
    }

    private static void WriteFinding(Finding finding, IAnsiConsole console)
    {
        var colour = finding.Verdict switch
        {
            Verdict.Held => "green",
            Verdict.NotHeld => "red",
            _ => "yellow",
        };
        console.WriteLine();
        console.MarkupLine($"[bold {colour}]{VerdictText.Of(finding.Verdict)}[/]  {Visible.Markup(finding.Claim.Sentence)}");
        Line("held when", finding.Claim.Threshold);
        foreach (var value in finding.Values)
            Line(value.Name, NumberText.Of(value));
        if (finding.Because.Length > 0)
            Line(finding.Verdict == Verdict.NotTestable ? "why not" : "seen", finding.Because);

        void Line(string name, string text) => console.Write(new Padder(new Markup($"[dim]{Visible.Markup(name)}:[/] {Visible.Markup(text)}"), new Padding(4, 0, 0, 0)));
    }

    private static void WriteChecks(ReproductionResult result, IAnsiConsole console, bool verbose)
    {
        console.WriteLine();
        var broken = result.Checks.Count(c => !c.Holds);
        console.MarkupLine(broken == 0
            ? string.Create(CultureInfo.InvariantCulture, $"All {result.Checks.Count} checks of what must hold at any scale hold.")
            : string.Create(CultureInfo.InvariantCulture, $"[bold red]{broken} of {result.Checks.Count} checks of what must hold at any scale fail.[/]"));
        foreach (var check in result.Checks.Where(c => verbose || !c.Holds))
            console.MarkupLine($"    {(check.Holds ? "holds" : "[red]fails[/]")}  {Visible.Markup(check.Name)}: {NumberText.Of(check.Error)} (bound {NumberText.Of(check.Bound)})");
    }

    private static string Minutes(double minutes) => minutes switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{minutes:0.0#}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{minutes:#,0.#}"),
    };
}
