namespace Attune.Reproductions;

/// <summary>Which of several references a learner is nearest to, from its distance to each by seed.</summary>
internal static class NearestReference
{
    /// <summary>The number of the reference of least mean distance.</summary>
    public static int ByMean(IReadOnlyList<Measured> distances) => Enumerable.Range(0, distances.Count).MinBy(r => distances[r].Mean);

    /// <summary>How much farther each other reference is, seed by seed.</summary>
    public static IReadOnlyList<Measured> Farther(IReadOnlyList<Measured> distances, int reference) =>
        [.. distances.Where((_, r) => r != reference).Select(other => Measured.Difference($"{other.Name} − {distances[reference].Name}", other, distances[reference]))];

    /// <summary>True where every other reference is farther by the whole interval of the paired difference.</summary>
    public static bool IsClear(IReadOnlyList<Measured> distances, int reference) => Farther(distances, reference).All(f => f.IsAbove());
}
