namespace Attune.Reproductions;

/// <summary>A named line through points in the order given.</summary>
public sealed record Curve(string Name, IReadOnlyList<CurvePoint> Points);
