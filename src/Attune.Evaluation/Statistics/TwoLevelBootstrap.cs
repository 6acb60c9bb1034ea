using Attune.Tensors;

namespace Attune.Evaluation.Statistics;

/// <summary>
/// Intervals that hold for new seeds and new test rows together. A draw takes as many seeds as there are, with replacement,
/// and in each drawn seed as many of its rows, with replacement; its value is the mean over the drawn seeds of the
/// statistic over the drawn rows (Davison and Hinkley 1997, section 3.8). Seeds need not have the same rows, nor as many. With one seed only rows
/// are drawn, and the interval says nothing of other seeds. With two or three seeds it is somewhat narrow, as every
/// bootstrap of so few units is. Intervals are percentiles, interpolated linearly at (draws − 1)·q. The same generator
/// state gives the same bits.
/// </summary>
public static class TwoLevelBootstrap
{
    public const int DefaultDraws = 10_000;

    /// <summary>Of a mean: <c>values[s][i]</c> is what row i of seed s scored, for instance 1 where it was right.</summary>
    public static BootstrapInterval Mean(IReadOnlyList<double[]> values, SeededRandom random, int draws = DefaultDraws, double level = 0.95)
    {
        var drawn = MeanDraws(values, random, draws, level);
        return Interval(values.Average(v => Moments.Mean(v)), drawn, level);
    }

    /// <summary>Of the mean of differences paired by seed and row, <c>differences[s][i]</c>.</summary>
    public static BootstrapDifference Difference(IReadOnlyList<double[]> differences, SeededRandom random, int draws = DefaultDraws, double level = 0.95)
    {
        var drawn = MeanDraws(differences, random, draws, level);
        var largest = differences.Max(seed => seed.Max(Math.Abs));
        return Compared(differences.Average(d => Moments.Mean(d)), drawn, largest, level);
    }

    /// <summary>Of mean(<paramref name="b"/>) − mean(<paramref name="a"/>), both over the same seeds and rows.</summary>
    public static BootstrapDifference Difference(IReadOnlyList<double[]> a, IReadOnlyList<double[]> b, SeededRandom random, int draws = DefaultDraws, double level = 0.95)
    {
        Require.SameLength("TwoLevelBootstrap: seeds", a.Count, b.Count);
        var differences = a.Zip(b, (x, y) => Moments.Differences("TwoLevelBootstrap", x, y)).ToList();
        return Difference(differences, random, draws, level);
    }

    /// <summary>Of a statistic of class indices: <c>gold[s][i]</c> and <c>predicted[s][i]</c> belong to row i of seed s.</summary>
    public static BootstrapInterval Statistic(
        IReadOnlyList<int[]> gold, IReadOnlyList<int[]> predicted, LabelStatistic statistic, SeededRandom random, int draws = DefaultDraws, double level = 0.95)
    {
        var resampler = new LabelResampler(gold, [predicted]);
        Check(resampler.RowsOfSeeds, draws, level);
        var drawn = new double[draws];
        for (var i = 0; i < draws; i++)
            drawn[i] = resampler.Next(random, r => r.Mean(0, statistic));
        return Interval(resampler.Whole(r => r.Mean(0, statistic)), drawn, level);
    }

    /// <summary>Of statistic(<paramref name="b"/>) − statistic(<paramref name="a"/>), both over the same drawn seeds and rows.</summary>
    public static BootstrapDifference StatisticDifference(
        IReadOnlyList<int[]> gold, IReadOnlyList<int[]> a, IReadOnlyList<int[]> b, LabelStatistic statistic, SeededRandom random, int draws = DefaultDraws, double level = 0.95)
    {
        var resampler = new LabelResampler(gold, [a, b]);
        Check(resampler.RowsOfSeeds, draws, level);
        var drawn = new double[draws];
        for (var i = 0; i < draws; i++)
            drawn[i] = resampler.Next(random, r => r.Mean(1, statistic) - r.Mean(0, statistic));
        return Compared(resampler.Whole(r => r.Mean(1, statistic) - r.Mean(0, statistic)), drawn, 1, level);
    }

    private static double[] MeanDraws(IReadOnlyList<double[]> values, SeededRandom random, int draws, double level)
    {
        Check(values.Select(v => v.Length).ToArray(), draws, level);
        foreach (var seed in values)
            Require.Finite("TwoLevelBootstrap", seed);
        var drawn = new double[draws];
        for (var i = 0; i < draws; i++)
        {
            var sum = 0.0;
            for (var s = 0; s < values.Count; s++)
                sum += DrawnMean(values[values.Count == 1 ? 0 : Index(random, values.Count)], random);
            drawn[i] = sum / values.Count;
        }
        return drawn;
    }

    private static double DrawnMean(double[] rows, SeededRandom random)
    {
        var sum = 0.0;
        for (var i = 0; i < rows.Length; i++)
            sum += rows[Index(random, rows.Length)];
        return sum / rows.Length;
    }

    /// <summary>Uniform below <paramref name="limit"/> by the high word of a product; the bias, below limit/2⁶⁴, is not worth a division for each row.</summary>
    internal static int Index(SeededRandom random, int limit) => (int)Math.BigMul(random.NextUInt64(), (ulong)limit, out _);

    private static BootstrapInterval Interval(double estimate, double[] drawn, double level)
    {
        Array.Sort(drawn);
        return new BootstrapInterval(estimate, Moments.Percentile(drawn, (1 - level) / 2), Moments.Percentile(drawn, (1 + level) / 2));
    }

    /// <summary>p = 2·min(P(d ≤ 0), P(d ≥ 0)), each (count + 1)/(draws + 1), at most 1. Draws within rounding of 0 count on both sides.</summary>
    private static BootstrapDifference Compared(double estimate, double[] drawn, double scale, double level)
    {
        var zero = 1e-12 * scale;
        var (low, high) = (0, 0);
        foreach (var d in drawn)
        {
            low += d <= zero ? 1 : 0;
            high += d >= -zero ? 1 : 0;
        }
        var interval = Interval(estimate, drawn, level);
        var p = Math.Min(1, 2 * (Math.Min(low, high) + 1.0) / (drawn.Length + 1));
        return new BootstrapDifference(estimate, interval.Low, interval.High, p);
    }

    private static void Check(int[] rowsOfSeeds, int draws, double level)
    {
        Require.Level("TwoLevelBootstrap", level);
        Require.AtLeast("TwoLevelBootstrap: seeds", rowsOfSeeds.Length, 1);
        Require.AtLeast("TwoLevelBootstrap: draws", draws, 1);
        foreach (var rows in rowsOfSeeds)
            Require.AtLeast("TwoLevelBootstrap: rows of a seed", rows, 1);
    }
}
