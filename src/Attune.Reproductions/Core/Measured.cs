using Attune.Evaluation.Statistics;

namespace Attune.Reproductions;

/// <summary>A value measured once for each seed.</summary>
public sealed record Measured(string Name, IReadOnlyList<double> PerSeed)
{
    /// <summary>Fewer seeds than this decide nothing that is compared: with two, Student's interval is 9 standard deviations wide to each side.</summary>
    public const int FewestSeeds = 3;

    private const double Confidence = 0.95;

    public double Mean => PerSeed.Average();

    /// <summary>95% interval of the mean over seeds: mean ± t_{0.975, n−1}·s/√n (Student); null for one seed.</summary>
    public Interval? Interval
    {
        get
        {
            if (PerSeed.Count < 2)
                return null;
            var mean = Mean;
            var variance = PerSeed.Sum(v => (v - mean) * (v - mean)) / (PerSeed.Count - 1);
            var half = StudentDistribution.Quantile((1 + Confidence) / 2, PerSeed.Count - 1) * Math.Sqrt(variance / PerSeed.Count);
            return new Interval(mean - half, mean + half);
        }
    }

    /// <summary>a − b, seed by seed: what a paired comparison is decided by.</summary>
    /// <exception cref="ArgumentException">The two have not the same number of seeds.</exception>
    public static Measured Difference(string name, Measured a, Measured b) => a.PerSeed.Count == b.PerSeed.Count ? new(name, [.. a.PerSeed.Zip(b.PerSeed, (x, y) => x - y)])
        : throw new ArgumentException($"'{a.Name}' has {a.PerSeed.Count} seeds and '{b.Name}' has {b.PerSeed.Count}; only equal seeds are compared");

    /// <summary>True where the whole 95% interval is above <paramref name="margin"/>; never for fewer than <see cref="FewestSeeds"/> seeds.</summary>
    public bool IsAbove(double margin = 0) => PerSeed.Count >= FewestSeeds && Interval is { } i && i.Low > margin;

    /// <summary>True where the whole 95% interval lies between the two; never for fewer than <see cref="FewestSeeds"/> seeds.</summary>
    public bool IsBetween(double low, double high) => IsAbove(low) && IsBelow(high);

    /// <summary>True where the whole 95% interval is below <paramref name="margin"/>; never for fewer than <see cref="FewestSeeds"/> seeds.</summary>
    public bool IsBelow(double margin) => PerSeed.Count >= FewestSeeds && Interval is { } i && i.High < margin;
}
