using System.Text.Json;
using System.Xml.Linq;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;

namespace Attune.Tests.Evaluation.Reports;

/// <summary>Strings that would break out of the page or turn it round, in every field that a user, data or a model can fill.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] Attacks =
    [
        "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"'&<b>", "\u202Egnp.exe", "\u2066a\u2069\u200E\u200F", "\u001B[31m\u0000\u0085\u0007", "]]><!-- --></style>", "\uD800 \uFFFF \u200B \U000E0041",
    ];

    public static TheoryData<string> Fields =>
    [
        "task", "model", "encoder", "method", "shots", "label", "text", "prompt", "warning", "note", "message", "configuration", "hash", "processor", "kernels", "version",
        "source", "template", "instruction", "words", "data-warning", "skipped-row", "file", "column", "row-id", "baseline", "objective", "precision", "overflow", "choice", "ended", "metric-name",
    ];

    [Theory, MemberData(nameof(Fields))]
    public void Field_WithHostileText_IsShownButNeverRaw(string field)
    {
        foreach (var attack in Attacks)
        {
            var html = ReportWriter.Render(Poisoned(field, "zqx" + attack), noExamples: false);
            Assert.Contains("zqx", html, StringComparison.Ordinal);
            AssertHarmless(html);
        }
    }

    [Fact]
    public void RightToLeftOverride_InALabel_IsWrittenOut()
    {
        var html = ReportWriter.Render(Poisoned("label", "\u202Egnp.exe"), noExamples: false);
        Assert.Contains("<bdi>⟦U+202E⟧gnp.exe</bdi>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void MarkdownAndCsv_OfHostileNames_KeepTheirShape()
    {
        var summary = Poisoned("method", "a|b`c\n<img src=x>[x](http://e.vil),\"q\"\u202E").Summary;
        var lines = SummaryMarkdown.Table(SummaryTable.Build(summary)).Split('\n').Where(l => l.StartsWith('|')).ToList();
        Assert.Equal(2 + summary.Rows.Count, lines.Count);
        Assert.All(lines, l => Assert.Equal(13, l.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')));
        Assert.All(lines, l => Assert.DoesNotContain("<img", l, StringComparison.Ordinal));
        Assert.All(lines, l => Assert.DoesNotContain("](", l.Replace("\\](", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.DoesNotContain('\u202E', SummaryMarkdown.Text(summary));
        Assert.Contains("\"a|b`c\n<img src=x>[x](http://e.vil),\"\"q\"\"\u202E\"", SummaryCsv.Text(summary), StringComparison.Ordinal);
    }

    private static void AssertHarmless(string html)
    {
        var page = ReportPage.Parse(html);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "img" or "b");
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, html.Split("</style>").Length - 1);
        Assert.DoesNotContain(html, c => c is '\u202E' or '\u2066' or '\u2069' or '\u200E' or '\u200F' or '\u200B' or '\u0085' or '\uFFFF' or '\uD800' || (c < ' ' && c is not ('\n' or '\t')));
        Assert.DoesNotContain("\U000E0041", html, StringComparison.Ordinal);
    }

    private static RunResults Poisoned(string field, string evil)
    {
        var run = field == "choice" ? new FakeRun([], TaskKind.MultipleChoice, rows: 12).Build() : new FakeRun(["negative", "positive"], rows: 12).Build();
        return field switch
        {
            "task" => run with { Summary = run.Summary with { Task = evil } },
            "model" => run with { Summary = run.Summary with { Model = evil } },
            "encoder" => run with { Summary = run.Summary with { Encoder = evil } },
            "baseline" => run with { Summary = run.Summary with { Baseline = evil } },
            "objective" => run with { Summary = run.Summary with { Objective = evil } },
            "precision" => run with { Summary = run.Summary with { Precision = evil } },
            "hash" => run with { Summary = run.Summary with { DataHash = evil, ModelHash = evil, EncoderHash = evil, Identity = evil } },
            "processor" => Cells(run with { Summary = run.Summary with { Processor = evil } }, c => c with { Processor = evil }),
            "version" => Cells(run with { Summary = run.Summary with { Version = evil } }, c => c with { Version = evil }),
            "kernels" => Rows(Cells(run, c => c with { Kernels = evil }), r => r with { Kernels = evil }),
            "warning" => run with { Summary = run.Summary with { Warnings = [evil] } },
            "message" => run with { Summary = run.Summary with { LeftOut = [run.Cells[0] with { Status = CellStatus.Failed, Message = evil, Method = evil, Shots = evil }] } },
            "note" => Cells(run, c => c with { Notes = [evil] }),
            "ended" => Cells(run, c => c with { Ended = evil }),
            "metric-name" => Cells(run, c => c with { Metrics = new Dictionary<string, double> { [evil] = 0.5 } }),
            "configuration" => run with { Configuration = JsonSerializer.Serialize(evil) + evil },
            "source" => run with { Task = run.Task with { Source = evil, Licence = evil, Note = evil, Name = evil, Fields = [evil] } },
            "template" => run with { Task = run.Task with { Template = new PromptTemplate { InputTemplate = evil } } },
            "instruction" => run with { Task = run.Task with { Template = run.Task.Template with { Instruction = evil, UseInstruction = true } } },
            "words" => run with { Task = run.Task with { Template = run.Task.Template with { Verbalizer = new Verbalizer { Words = new Dictionary<string, string> { ["positive"] = evil } } } } },
            "data-warning" => run with { DataReport = run.DataReport! with { Warnings = [new WarningMessage(evil, evil)] } },
            "skipped-row" => run with { DataReport = run.DataReport! with { SkippedRows = [evil] } },
            "file" => run with { DataReport = run.DataReport! with { Files = [new FileSummary("train", evil, 3, 0)] } },
            "column" => run with { DataReport = run.DataReport! with { Columns = [new ColumnSummary(evil, "input")] } },
            "method" => Renamed(run, "setfit", "16", evil, "16"),
            "shots" => Renamed(run, "setfit", "16", "setfit", evil),
            "label" => Labels(run, evil),
            "text" => Predictions(run, p => p with { Text = evil }),
            "prompt" => Predictions(run, p => p with { Prompt = evil }),
            "row-id" => Predictions(run, p => p with { Id = evil + p.Id }),
            "overflow" => Predictions(run, p => p with { Prompt = "a", Overflow = evil }),
            "choice" => Predictions(run, p => p with { Gold = p.Gold + evil, Label = p.Label + evil, Labels = p.Labels!.Select(l => l + evil).ToList() }),
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no such field"),
        };
    }

    private static RunResults Cells(RunResults run, Func<CellResult, CellResult> change) => run with { Cells = run.Cells.Select(change).ToList() };

    private static RunResults Rows(RunResults run, Func<SummaryRow, SummaryRow> change) => run with { Summary = run.Summary with { Rows = run.Summary.Rows.Select(change).ToList() } };

    private static RunResults Predictions(RunResults run, Func<RowPrediction, RowPrediction> change) =>
        run with { Predictions = run.Predictions.ToDictionary(p => p.Key, p => (IReadOnlyList<RowPrediction>)p.Value.Select(change).ToList()) };

    private static RunResults Renamed(RunResults run, string method, string shots, string newMethod, string newShots)
    {
        var predictions = run.Predictions.ToDictionary();
        for (var seed = 0; seed < 3; seed++)
            predictions[RunResults.Key(newMethod, newShots, seed)] = predictions[RunResults.Key(method, shots, seed)];
        var renamed = Cells(run with { Predictions = predictions }, c => c.Method == method && c.Shots == shots ? c with { Method = newMethod, Shots = newShots } : c);
        return Rows(renamed, r => r.Method == method && r.Shots == shots ? r with { Method = newMethod, Shots = newShots } : r);
    }

    private static RunResults Labels(RunResults run, string evil)
    {
        string New(string label) => label == "negative" ? evil : label;
        var renamed = Predictions(run, p => p with { Gold = New(p.Gold), Label = New(p.Label!) });
        return renamed with { Task = run.Task with { Labels = [evil, "positive"] }, DataReport = run.DataReport! with { Labels = [new LabelCount(evil, 3, 4)] } };
    }
}
