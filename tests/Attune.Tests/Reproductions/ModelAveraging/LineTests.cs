using Attune.Reproductions.ModelAveraging;

namespace Attune.Tests.Reproductions.ModelAveraging;

public sealed class LineTests
{
    [Fact]
    public void Fit_ThreePoints_GivesLeastSquares()
    {
        var line = Line.Fit([0, 1, 2], [1, 2, 6]);      // slope 5/2, through the means (1, 3)
        Assert.Equal(2.5, line.Slope, 12);
        Assert.Equal(0.5, line.Intercept, 12);
        Assert.Equal(12.5 / 14, line.Explained, 12);
    }

    [Fact]
    public void Rates_OfAConstantTotal_AreMinusOneAndThatConstant()
    {
        double[] total = [.. Enumerable.Repeat(3.0, 16)];
        Assert.Equal(-1, Line.LogLog(total, 2, 16).Slope, 12);
        var fit = Line.OverTime([.. Enumerable.Range(1, 16).Select(t => 3 + 0.25 * t)], 1, 16);
        Assert.Equal(3, fit.Slope, 12);
        Assert.Equal(0.25, fit.Intercept, 12);
    }
}
