namespace Attune.Reproductions.ModelAveraging;

/// <summary>The line y = Slope·x + Intercept of least squares; Explained is R².</summary>
internal readonly record struct Line(double Slope, double Intercept, double Explained)
{
    public static Line Fit(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var (xx, xy, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Count; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            (xx, xy, yy) = (xx + dx * dx, xy + dx * dy, yy + dy * dy);
        }
        var slope = xy / xx;
        return new Line(slope, meanY - slope * meanX, yy == 0 ? 1 : xy * xy / (xx * yy));
    }

    /// <summary>The slope of ln(regret) over ln T for T from <paramref name="from"/> to <paramref name="to"/>, regret being the mean T·regret over T.</summary>
    public static Line LogLog(double[] total, int from, int to)
    {
        var times = Enumerable.Range(from, to - from + 1).ToArray();
        return Fit([.. times.Select(t => Math.Log(t))], [.. times.Select(t => Math.Log(total[t - 1] / t))]);
    }

    /// <summary>regret = a/T + b for T from <paramref name="from"/> to <paramref name="to"/>: a is the slope, b the intercept.</summary>
    public static Line OverTime(double[] total, int from, int to)
    {
        var times = Enumerable.Range(from, to - from + 1).ToArray();
        return Fit([.. times.Select(t => 1.0 / t)], [.. times.Select(t => total[t - 1] / t)]);
    }
}
