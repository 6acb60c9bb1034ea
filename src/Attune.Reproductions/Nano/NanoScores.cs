namespace Attune.Reproductions.Nano;

/// <summary>Accuracies on one task, or the mean of several, one for each seed.</summary>
/// <param name="ByShots">With true labels, by <see cref="Shots"/>.</param>
/// <param name="Permuted">With permuted labels at the most rows.</param>
/// <param name="Fitted">By method at the most rows.</param>
internal sealed record NanoScores(string Name, double[][] ByShots, double[] Permuted, IReadOnlyDictionary<string, double[]> Fitted)
{
    /// <summary>Rows a label.</summary>
    public static readonly int[] Shots = [0, 1, 4, 16];

    public static NanoScores MeanOf(string name, IReadOnlyList<NanoScores> all) => new(name, [.. Shots.Select((_, i) => Mean(all.Select(s => s.ByShots[i])))], Mean(all.Select(s => s.Permuted)),
        all[0].Fitted.Keys.ToDictionary(m => m, m => Mean(all.Select(s => s.Fitted[m])), StringComparer.Ordinal));

    private static double[] Mean(IEnumerable<double[]> values)
    {
        var list = values.ToList();
        return [.. list[0].Select((_, seed) => list.Average(v => v[seed]))];
    }
}
