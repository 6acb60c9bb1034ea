using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;

namespace Attune.Tests.Evaluation.Reports;

/// <summary>Hand-worked rows and what must be written of them.</summary>
public sealed class SummaryTableTests
{
    private static readonly SummaryRow Tuned = new()
    {
        Method = "lora", Shots = "16", Metric = "accuracy", Mean = 0.915, Low = 0.8812, High = 0.9421, Difference = 0.0925, DifferenceLow = 0.0581, DifferenceHigh = 0.1268, P = 0.0004,
        Winner = true, Best = true, Ece = 0.0432, FitSeconds = 14.25, QueryMs = 24.04, PromptTokens = 34.5, TrainedParameters = 1_229_760, Bytes = 4_919_040, PeakMemoryBytes = 312_000_000,
        Rows = 200, Seeds = 3, Kernels = "simd-512",
    };

    private static readonly SummaryRow Probe = Tuned with { Method = "linear-probe", Winner = false, Cheapest = true, Mean = 0.9, QueryMs = 2.1, P = 0.03, TrainedParameters = 770, Bytes = 3080 };

    private static readonly SummaryRow ZeroShot = new() { Method = "zero-shot", Shots = "0", Metric = "accuracy", Mean = 0.8225, Low = 0.78, High = 0.86, Ece = 0.2, QueryMs = 21, Rows = 200, Seeds = 1 };

    [Fact]
    public void Table_OfThreeRows_IsWrittenAsPeopleReadIt()
    {
        var table = SummaryTable.Build(Of(Tuned, Probe, ZeroShot));
        Assert.Equal(["method", "shots", "accuracy [95%]", "vs zero-shot [95%]", "ECE", "fit s", "ms/query", "tokens/query", "trained", "size", "peak memory"], table.Columns.Select(c => c.Header));
        Assert.Equal(["lora", "16", "91.5% [88.1, 94.2]", "+9.3 [+5.8, +12.7]", "0.043", "14.3", "24.0", "34.5", "1.23 M", "4.92 MB", "312 MB"], table.Rows[0].Cells.Select(c => c.Text));
        Assert.Equal("–", table.Rows[2].Cells[3].Text);
        Assert.Equal([RowMarks.Winner, RowMarks.NotDistinguishable | RowMarks.Cheapest, RowMarks.Baseline], table.Rows.Select(r => r.Marks));
        Assert.Equal(["★", "≈ ¢", "○"], table.Rows.Select(r => r.Signs));
        Assert.All(table.Rows, r => Assert.Equal(table.Columns.Count, r.Cells.Count));
    }

    [Fact]
    public void Csv_HasTheNamesOfSummaryJsonAndNumbersInFull()
    {
        var lines = SummaryCsv.Text(Of(Tuned, Probe, ZeroShot)).TrimEnd('\n').Split('\n');
        Assert.Equal("method,shots,rows,seeds,dropped,shortened,metric,mean,low,high,difference,difference_low,difference_high,p,ece,fit_seconds,fit_calls,fit_tokens,fit_flops,query_ms,query_flops,prompt_tokens,trained_parameters,bytes,peak_memory_bytes,kernels,winner,best,cheapest,baseline", lines[0]);
        Assert.Equal("lora,16,200,3,0,0,accuracy,0.915,0.8812,0.9421,0.0925,0.0581,0.1268,0.0004,0.0432,14.25,0,0,0,24.04,0,34.5,1229760,4919040,312000000,simd-512,true,true,false,false", lines[1]);
        Assert.Equal("zero-shot,0,200,1,0,0,accuracy,0.8225,0.78,0.86,,,,,0.2,0,0,0,0,21,0,0,0,0,0,,false,false,false,true", lines[3]);
    }

    [Fact]
    public void Markdown_OfThreeRows_IsATableOfGitHub()
    {
        var lines = SummaryMarkdown.Table(SummaryTable.Build(Of(Tuned, Probe, ZeroShot))).Split('\n');
        Assert.Equal("| | method | shots | accuracy [95%] | vs zero-shot [95%] | ECE | fit s | ms/query | tokens/query | trained | size | peak memory |", lines[0]);
        Assert.Equal("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|", lines[1]);
        Assert.Equal("| ★ | **lora** | 16 | 91.5% [88.1, 94.2] | +9.3 [+5.8, +12.7] | 0.043 | 14.3 | 24.0 | 34.5 | 1.23 M | 4.92 MB | 312 MB |", lines[2]);
        Assert.Equal("★ winner, ≈ not distinguishable from the winner, ¢ cheapest per query of these, ○ baseline.", lines[6]);
    }

    [Fact]
    public void Headline_OfAClearWinner_SaysWhatItBeatsAndWhatIsCheaper() => Assert.Equal(
        [
            "lora (16 shots) scores highest, at 91.5% accuracy (95% interval 88.1 to 94.2), and beats the baseline zero-shot by 9.3 points (5.8 to 12.7).",
            "Not distinguishable from it: linear-probe (16 shots); the cheapest of these is linear-probe (16 shots) at 2.10 ms a query (winner: 24.0 ms).",
        ],
        Headline.Of(Of(Tuned, Probe, ZeroShot)));

    [Fact]
    public void Headline_WhereNothingIsDistinguishable_SaysSo() => Assert.Equal(
        [
            "lora (16 shots) scores highest, at 91.5% accuracy (95% interval 88.1 to 94.2). That it beats the baseline zero-shot is not shown: +1.2 points (−2.0 to +4.4), an interval that holds zero.",
            "Nothing in the table is distinguishable from it: the one other row may be as good; the cheapest of these is zero-shot at 21.0 ms a query (winner: 24.0 ms).",
        ],
        Headline.Of(Of(Tuned with { Difference = 0.012, DifferenceLow = -0.02, DifferenceHigh = 0.044 }, ZeroShot with { Best = true, Cheapest = true })));

    [Theory]
    [InlineData(2, 0.001, "over 2 seeds only")]
    [InlineData(3, 0.2, "p = 0.200 once corrected")]
    public void Headline_OfADifferenceThatIsNotEstablished_DoesNotSayBeats(int seeds, double p, string doubt)
    {
        var sentence = Headline.Of(Of(Tuned with { Seeds = seeds, P = p }, ZeroShot))[0];
        Assert.Contains(doubt, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("and beats", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Headline_OfALoss_TurnsTheDifferenceRound()
    {
        var winner = Tuned with { Metric = "nll", Mean = 0.31, Low = 0.28, High = 0.34, Difference = -0.2, DifferenceLow = -0.25, DifferenceHigh = -0.15 };
        var summary = Of(winner, ZeroShot with { Mean = 0.51 }) with { Objective = "nll" };
        Assert.Equal("lora (16 shots) scores best, at a negative log-likelihood of 0.310 (95% interval 0.280 to 0.340), and beats the baseline zero-shot by 0.200 nats (0.150 to 0.250).", Headline.Of(summary)[0]);
    }

    [Fact]
    public void Headline_OfTheBaselineAsWinner_ClaimsNothing() =>
        Assert.Contains("It is the baseline itself; nothing is shown to beat it.", Headline.Of(Of(ZeroShot with { Winner = true, Best = true }, Probe with { Best = false, Cheapest = false, Mean = 0.7 }))[0], StringComparison.Ordinal);

    private static Summary Of(params SummaryRow[] rows) => new()
    {
        Task = "sst2", Model = "m", Encoder = "", Precision = "exact", Objective = "accuracy", Baseline = "zero-shot", Rows = rows, Winner = rows[0].Method, WinnerShots = rows[0].Shots,
    };
}
