namespace Attune.Cli.Bench;

internal static class Medians
{
    /// <summary>The middle value, or the mean of the two in the middle; NaN of none.</summary>
    public static double Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            return double.NaN;
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
