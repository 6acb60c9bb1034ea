using Attune.Evaluation.Statistics;

namespace Attune.Reproductions;

/// <summary>A value measured once for each seed.</summary>
public sealed record Measured(string Name, IReadOnlyList<double> PerSeed)
{
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
}
