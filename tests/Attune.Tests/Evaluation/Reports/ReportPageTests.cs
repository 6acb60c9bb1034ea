using System.Globalization;
using System.Xml.Linq;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;
using Attune.Tensors;

namespace Attune.Tests.Evaluation.Reports;

public sealed class ReportPageTests
{
    public static TheoryData<string> Runs => ["sentiment", "intents", "choices", "nll"];

    [Theory, MemberData(nameof(Runs))]
    public void Page_OfARun_IsBalancedSelfContainedAndSmall(string name)
    {
        var html = ReportWriter.Render(Run(name), noExamples: false);
        Keep(name, html);
        var page = ReportPage.Parse(html);

        Assert.True(html.Length < 2_000_000, $"{html.Length} characters");
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "iframe" or "object" or "img" or "base");
        Assert.All(page.Descendants().Attributes().Where(a => a.Name.LocalName is "href" or "src" or "srcset" or "action"), a => Assert.StartsWith("#", a.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("meta"), m => m.Attribute("http-equiv")?.Value == "Content-Security-Policy" && m.Attribute("content")!.Value.StartsWith("default-src 'none'; style-src 'unsafe-inline'; img-src data:", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Runs))]
    public void Page_OfARun_NamesWhatEyesAloneWouldSee(string name)
    {
        var page = ReportPage.Parse(ReportWriter.Render(Run(name), noExamples: false));
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Attribute("role")?.Value == "img" && svg.Attribute("aria-label")?.Value.Length > 10));
        Assert.All(page.Descendants("thead").Descendants("th"), th => Assert.Equal("col", th.Attribute("scope")?.Value));
        Assert.All(page.Descendants("tbody").Descendants("th"), th => Assert.Equal("row", th.Attribute("scope")?.Value));
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants("a"), a => Assert.Contains(a.Attribute("href")!.Value[1..], ids));
        Assert.DoesNotContain(page.Descendants("svg").DescendantsAndSelf().Attributes(), a => a.Value.Contains("NaN", StringComparison.Ordinal) || a.Value.Contains('∞'));
    }

    [Fact]
    public void StyleSheet_HasNoCharacterThatIsEscaped() => Assert.Equal(-1, ReportStyle.Css.IndexOfAny(['<', '>', '&', '"', '\'']));

    [Fact]
    public void Table_HasEveryRowOfTheSummaryInItsOrder()
    {
        var run = FakeRun.Sentiment();
        var table = ReportPage.Section(ReportPage.Parse(ReportWriter.Render(run, noExamples: false)), "table");
        Assert.Equal(run.Summary.Rows.Select(r => r.Method), table.Descendants("tbody").Single().Elements("tr").Select(r => r.Element("th")!.Element("bdi")!.Value));
    }

    [Fact]
    public void Confusion_OfManyLabels_ShowsPairsAndOfFewAMatrix()
    {
        var few = ReportPage.Section(ReportPage.Parse(ReportWriter.Render(FakeRun.Sentiment(), noExamples: false)), "confusion");
        var many = ReportPage.Section(ReportPage.Parse(ReportWriter.Render(FakeRun.Intents(), noExamples: false)), "confusion");
        Assert.Equal(9, few.Descendants("table").Count());
        // Two labels, three seeds of 200 rows: each matrix counts every prediction once.
        Assert.All(few.Descendants("table"), t => Assert.Equal(600, t.Descendants("td").Where(c => c.Attribute("class")?.Value != "corner").Sum(c => int.Parse(c.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture))));
        Assert.All(many.Descendants("tbody"), b => Assert.InRange(b.Elements("tr").Count(), 1, 12));
    }

    [Fact]
    public void Examples_AreTwentyAtMostWithEachMethodsAnswer()
    {
        var section = ReportPage.Section(ReportPage.Parse(ReportWriter.Render(FakeRun.Sentiment(), noExamples: false)), "examples");
        var items = section.Descendants("li").ToList();
        Assert.Equal(20, items.Count);
        Assert.All(items, i => Assert.Equal(9, i.Descendants("span").Count(s => s.Attribute("class")?.Value == "answer")));
        Assert.All(items, i => Assert.True(i.Descendants("dt").Count() > 1));
    }

    [Fact]
    public void Prompt_IsShownBlankByBlank()
    {
        var run = FakeRun.Sentiment();
        var exact = "\nReview:  two blanks\n\tSentiment: ";
        run = run with { Predictions = run.Predictions.ToDictionary(p => p.Key, p => (IReadOnlyList<RowPrediction>)p.Value.Select(r => r with { Prompt = exact }).ToList()) };
        var section = ReportPage.Section(ReportPage.Parse(ReportWriter.Render(run, noExamples: false)), "prompts");
        Assert.Equal(9, section.Descendants("pre").Count());
        Assert.All(section.Descendants("pre"), p => Assert.Equal(exact, p.Value));
    }

    [Theory, InlineData("sentiment"), InlineData("choices")]
    public void NoExamples_LeavesEveryTextOfRowsAndPromptsOut(string name)
    {
        var run = Run(name);
        var html = ReportWriter.Render(run, noExamples: true);
        var texts = run.Predictions.Values.SelectMany(p => p).SelectMany(p => new[] { p.Text, p.Prompt }.Concat(p.Labels ?? []).Concat(p.Labels is null ? [] : [p.Gold, p.Label]));
        foreach (var text in texts.OfType<string>().Distinct())
            Assert.DoesNotContain(text, html, StringComparison.Ordinal);
        Assert.DoesNotContain("quiet charm", html, StringComparison.Ordinal);
        Assert.DoesNotContain("a secret row text", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<pre tabindex=\"0\" data-end=\"▮\">", html, StringComparison.Ordinal);
        // With examples all of these are there, so the test would see them.
        var open = ReportWriter.Render(run, noExamples: false);
        Assert.Contains("quiet charm", open, StringComparison.Ordinal);
        Assert.Contains("a secret row text", open, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfARunWithoutACell_SaysSo()
    {
        var run = FakeRun.Sentiment();
        run = run with { Summary = run.Summary with { Rows = [], Winner = "" }, Cells = [], Predictions = new Dictionary<string, IReadOnlyList<RowPrediction>>(), DataReport = null };
        var page = ReportPage.Parse(ReportWriter.Render(run, noExamples: false));
        Assert.Contains("No cell finished", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfValuesThatAreNoNumbers_IsWhole()
    {
        var run = FakeRun.Sentiment();
        var rows = run.Summary.Rows.Select((r, i) => i % 2 == 0 ? r with { Mean = double.NaN, Low = double.NaN, High = double.PositiveInfinity, QueryMs = double.NaN, QueryFlops = double.NaN, Difference = double.NaN, DifferenceLow = null } : r).ToList();
        var page = ReportPage.Parse(ReportWriter.Render(run with { Summary = run.Summary with { Rows = rows } }, noExamples: false));
        Assert.DoesNotContain(page.Descendants("svg").DescendantsAndSelf().Attributes().Where(a => a.Name.LocalName != "aria-label"), a => a.Value.Contains("NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_OfTheSameRun_IsTheSameText() =>
        Assert.Equal(ReportWriter.Render(FakeRun.Sentiment(), noExamples: false), ReportWriter.Render(FakeRun.Sentiment(), noExamples: false));

    [Fact]
    public void Write_IntoAMissingFolder_IsAClearError()
    {
        var error = Assert.Throws<AttuneException>(() => ReportWriter.Write(FakeRun.Sentiment(), Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"), "report.html"), noExamples: true));
        Assert.Equal(AttuneErrorKind.Work, error.Kind);
    }

    [Fact]
    public void Write_PutsTheWholePageThere()
    {
        var folder = Directory.CreateTempSubdirectory("attune-report");
        try
        {
            var path = Path.Combine(folder.FullName, "report.html");
            var run = FakeRun.Sentiment();
            ReportWriter.Write(run, path, noExamples: false);
            SummaryCsv.Write(run.Summary, Path.Combine(folder.FullName, "summary.csv"));
            SummaryMarkdown.Write(run.Summary, Path.Combine(folder.FullName, "summary.md"));
            Assert.Equal(ReportWriter.Render(run, noExamples: false), File.ReadAllText(path));
            Assert.Equal(["report.html", "summary.csv", "summary.md"], folder.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static RunResults Run(string name) => name switch
    {
        "intents" => FakeRun.Intents(),
        "choices" => FakeRun.Choices(),
        "nll" => new FakeRun(["negative", "positive"], objective: "nll").Build(),
        _ => FakeRun.Sentiment(),
    };

    /// <summary>Leaves the page where ATTUNE_KEEP_REPORTS names a folder, for eyes to look at.</summary>
    private static void Keep(string name, string html)
    {
        if (Environment.GetEnvironmentVariable("ATTUNE_KEEP_REPORTS") is { Length: > 0 } folder)
            File.WriteAllText(Path.Combine(folder, $"report-{name}.html"), html);
    }
}
