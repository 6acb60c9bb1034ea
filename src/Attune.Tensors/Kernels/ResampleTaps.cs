namespace Attune.Tensors.Kernels;

/// <summary>Which places of an axis make each place of a resampled one, and with which weights, in float64.</summary>
internal static class ResampleTaps
{
    private const double Cubic = -0.75;

    /// <summary>For each of <paramref name="to"/> places the sources and weights.</summary>
    /// <param name="scale">Places of the source for one of the result, where corners are not aligned.</param>
    public static (int Place, double Weight)[][] Of(int from, int to, Resampling kind, bool corners, bool antialias, double scale) =>
        [.. Enumerable.Range(0, to).Select(i => kind switch
        {
            Resampling.Nearest => [(Math.Min((int)Math.Floor(i * scale), from - 1), 1.0)],
            _ when antialias => Wide(i, from, kind, scale),
            Resampling.Linear => Linear(Source(i, from, to, corners, scale, least: 0), from),
            _ => CubicTaps(Source(i, from, to, corners, scale, least: double.NegativeInfinity), from),
        })];

    /// <summary>Means over from·i/to to from·(i + 1)/to, the first rounded down and the second up.</summary>
    public static (int Place, double Weight)[][] Adaptive(int from, int to) =>
        [.. Enumerable.Range(0, to).Select(i =>
        {
            int start = i * from / to, end = ((i + 1) * from + to - 1) / to;
            return Enumerable.Range(start, end - start).Select(p => (p, 1.0 / (end - start))).ToArray();
        })];

    private static double Source(int i, int from, int to, bool corners, double scale, double least) =>
        corners ? (to > 1 ? i * (from - 1.0) / (to - 1) : 0) : Math.Max(least, (i + 0.5) * scale - 0.5);

    private static (int, double)[] Linear(double source, int from)
    {
        var low = Math.Min((int)source, from - 1);
        var share = Math.Min(source - low, 1);
        return [(low, 1 - share), (Math.Min(low + 1, from - 1), share)];
    }

    /// <summary>Keys' convolution with a = −0.75 (Keys 1981); beyond the edge its last place counts.</summary>
    private static (int, double)[] CubicTaps(double source, int from)
    {
        var low = (int)Math.Floor(source);
        return [.. Enumerable.Range(low - 1, 4).Select(p => (Math.Clamp(p, 0, from - 1), CubicWeight(source - p, Cubic)))];
    }

    private static double CubicWeight(double x, double a)
    {
        x = Math.Abs(x);
        return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }

    /// <summary>The filter as wide as the places that are drawn together, its weights made to sum to 1.</summary>
    private static (int, double)[] Wide(int i, int from, Resampling kind, double scale)
    {
        var width = Math.Max(scale, 1);
        var support = (kind == Resampling.Linear ? 1 : 2) * width;
        var centre = scale * (i + 0.5);
        int start = Math.Max((int)(centre - support + 0.5), 0), end = Math.Min((int)(centre + support + 0.5), from);
        var taps = Enumerable.Range(start, end - start).Select(p => (Place: p, Weight: Filter(kind, (p - centre + 0.5) / width))).ToArray();
        var sum = taps.Sum(t => t.Weight);
        return [.. taps.Select(t => (t.Place, t.Weight / sum))];
    }

    /// <summary>With antialiasing the cubic has a = −0.5, as in image libraries.</summary>
    private static double Filter(Resampling kind, double x) => kind == Resampling.Linear ? Math.Max(0, 1 - Math.Abs(x)) : CubicWeight(x, -0.5);
}
