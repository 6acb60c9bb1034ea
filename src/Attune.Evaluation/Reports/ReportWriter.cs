using Attune.Evaluation.Comparison;
using Attune.Models.Files;

namespace Attune.Evaluation.Reports;

/// <summary>
/// report.html: one file without script, network or other files, for a phone, a wide screen and paper, light and dark. The page is
/// also well-formed XML. With noExamples no text of a row and no prompt is in it.
/// </summary>
public static class ReportWriter
{
    /// <summary>Nothing may be loaded and no script may run, whatever the page holds.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    private static readonly (string Id, string Name)[] Contents =
    [
        ("table", "Results"), ("cost", "Cost"), ("learning", "Learning"), ("reliability", "Confidence"), ("confusion", "Confusions"),
        ("examples", "Examples"), ("prompts", "Prompts"), ("left-out", "Left out"), ("data", "Data"), ("run", "Run"),
    ];

    /// <exception cref="Attune.Tensors.AttuneException">The file cannot be written; an older one is then untouched.</exception>
    public static void Write(RunResults run, string path, bool noExamples) => AtomicFile.Write(path, Render(run, noExamples));

    /// <summary>The page as text.</summary>
    public static string Render(RunResults run, bool noExamples)
    {
        var context = new ReportContext(run, noExamples);
        var page = new Element("html").Set("lang", "en").Add(Head(run), new Element("body").Add(
            HeadlineSection.Build(context),
            Navigation(),
            new Element("main").Add(
                TableSection.Build(context), CostSection.Build(context), LearningSection.Build(context), ReliabilitySection.Build(context),
                ConfusionSection.Build(context), ExamplesSection.Build(context), PromptsSection.Build(context), LeftOutSection.Build(context),
                DataSection.Build(context), RunSection.Build(context))));
        return $"<!DOCTYPE html>\n{page}\n";
    }

    private static Element Head(RunResults run) => new Element("head").Add(
        new Element("meta").Set("charset", "utf-8"),
        new Element("meta").Set("http-equiv", "Content-Security-Policy").Set("content", Policy),
        new Element("meta").Set("name", "viewport").Set("content", "width=device-width, initial-scale=1"),
        new Element("meta").Set("name", "color-scheme").Set("content", "light dark"),
        new Element("title").Text($"{run.Summary.Task}: Attune comparison"),
        new Element("style").Text(ReportStyle.Css));

    private static Element Navigation() => new Element("nav").Set("aria-label", "Sections").Add(Contents.Select(c => new Element("a").Set("href", "#" + c.Id).Text(c.Name)));
}
