using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;

namespace Attune.Tests.Evaluation.Reports;

public sealed class ChartTests
{
    [Theory]
    [InlineData(0.11, 0.2), InlineData(0.2, 0.2), InlineData(2.1, 2.5), InlineData(3, 5), InlineData(60, 100), InlineData(0.0006, 0.001)]
    public void NiceStep_OfAStep_IsTheNextRoundOne(double step, double expected) => Assert.Equal(expected, Scale.NiceStep(step));

    [Fact]
    public void Linear_MovesItsEndsOutToRoundValues()
    {
        var scale = Scale.Linear(0.43, 0.94, v => v.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["0.4", "0.6", "0.8", "1.0"], scale.Ticks.Select(t => t.Label));
        Assert.Equal(0.5, scale.Share(0.7), 12);
        Assert.Equal([0, 1], new[] { scale.Share(0.1), scale.Share(7) });
    }

    [Fact]
    public void Linear_Turned_PutsTheSmallestAtTheEnd() => Assert.Equal(1, Scale.Linear(0, 10, _ => "", turned: true).Share(0), 12);

    [Fact]
    public void Linear_OfOneValue_HasRoomAroundIt() => Assert.Equal(0.5, Scale.Linear(3, 3, _ => "").Share(3), 12);

    [Fact]
    public void Logarithmic_SetsZeroApart()
    {
        var scale = Scale.Logarithmic([0, 1, 100], Units.Power);
        Assert.Equal(["0", "1", "10", "100"], scale.Ticks.Select(t => t.Label));
        Assert.True(scale.Share(0) < scale.Share(1));
        Assert.Equal(scale.Share(10) - scale.Share(1), scale.Share(100) - scale.Share(10), 12);
    }

    [Fact]
    public void TryLabel_WhereAllIsTaken_RefusesRatherThanCovers()
    {
        var chart = new SvgChart(120, 80, Scale.Linear(0, 1, _ => ""), Scale.Linear(0, 1, _ => ""), "x");
        Assert.True(chart.TryLabel(0.5, 0.5, 4, "abc"));
        Assert.False(chart.TryLabel(0.5, 0.5, 4, new string('w', 60)));
        chart.Reserve(0.5, 0.5, 200);
        Assert.False(chart.TryLabel(0.2, 0.2, 4, "abc"));
    }

    [Fact]
    public void Front_KeepsWhatNothingCheaperBeats()
    {
        SummaryRow Row(string name, double cost, double mean) => new() { Method = name, Shots = "0", Metric = "accuracy", Mean = mean, Low = mean, High = mean, QueryMs = cost };
        SummaryRow[] rows = [Row("dear", 9, 0.9), Row("worse", 5, 0.5), Row("cheap", 1, 0.6), Row("tie", 1, 0.4), Row("equal", 10, 0.9)];
        Assert.Equal(["cheap", "dear"], CostSection.Front(rows, r => r.QueryMs, ScoreFormat.Of("accuracy")).Select(r => r.Method));
        Assert.Equal(["tie"], CostSection.Front(rows, r => r.QueryMs, ScoreFormat.Of("nll")).Select(r => r.Method));
    }

    [Theory]
    [InlineData(0, "0"), InlineData(0.0004, "<0.001"), InlineData(0.04217, "0.042"), InlineData(2.104, "2.10"), InlineData(24.04, "24.0"), InlineData(1234.4, "1,234"), InlineData(-0.25, "−0.250"), InlineData(9.996, "10.0"), InlineData(double.NaN, "–")]
    public void Number_HasThreeDigits(double value, string expected) => Assert.Equal(expected, Units.Number(value));

    [Theory]
    [InlineData(0, "0"), InlineData(770, "770 B"), InlineData(3080, "3.08 kB"), InlineData(999_600, "1.00 MB"), InlineData(312e6, "312 MB"), InlineData(1.5e9, "1.50 GB")]
    public void Bytes_GoByThousands(double value, string expected) => Assert.Equal(expected, Units.Bytes(value));

    [Theory]
    [InlineData(0.5, "0.500 s"), InlineData(734, "12 min 14 s"), InlineData(7384, "2 h 3 min")]
    public void Duration_HasTwoUnits(double seconds, string expected) => Assert.Equal(expected, Units.Duration(seconds));

    [Theory]
    [InlineData(1e8, "100 M"), InlineData(1e9, "1 G"), InlineData(10, "10"), InlineData(0.01, "0.01"), InlineData(1000, "1 k")]
    public void ScaledPower_OfAPowerOfTen_IsShort(double value, string expected) => Assert.Equal(expected, Units.ScaledPower(value));
}
