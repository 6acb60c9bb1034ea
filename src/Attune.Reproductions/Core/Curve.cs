namespace Attune.Reproductions;

/// <summary>A named line through points in the order given.</summary>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points)
{
    /// <summary>The mean over seeds at x = <paramref name="first"/>, <paramref name="first"/> + 1, …, with its interval.</summary>
    /// <param name="perSeed">For each seed the values along the curve.</param>
    public static Curve Of(string name, IReadOnlyList<double[]> perSeed, int first = 0) => new(name,
        [.. perSeed[0].Select((_, i) => CurvePoint.Of(first + i, new Measured(name, [.. perSeed.Select(s => s[i])])))]);
}
