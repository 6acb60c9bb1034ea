namespace Attune.Reproductions;

/// <summary>Curves over two axes.</summary>
/// <param name="X">The x axis's name.</param>
/// <param name="Y">The y axis's name.</param>
public sealed record Figure(string Title, string X, string Y, IReadOnlyList<Curve> Curves)
{
    public bool LogX { get; init; }

    public bool LogY { get; init; }
}
