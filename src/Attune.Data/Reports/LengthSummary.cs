namespace Attune.Data;

/// <summary>Lengths of the inputs' texts. Median and 95th percentile are the values at ranks ⌈0.5 n⌉ and ⌈0.95 n⌉ (nearest rank).</summary>
public sealed record LengthSummary(int Min, int Median, int P95, int Max)
{
    /// <summary>Null for no lengths at all.</summary>
    public static LengthSummary? Of(IEnumerable<int> lengths)
    {
        var sorted = lengths.Order().ToList();
        return sorted.Count == 0 ? null : new LengthSummary(sorted[0], AtShare(sorted, 50), AtShare(sorted, 95), sorted[^1]);
    }

    private static int AtShare(List<int> sorted, int percent) => sorted[(int)((((long)sorted.Count * percent) + 99) / 100) - 1];
}
