namespace Attune.Reproductions;

/// <summary>Figures under a heading.</summary>
/// <param name="Id">The heading's anchor: "loss".</param>
/// <param name="Note">What is to be known of them; empty: nothing.</param>
public sealed record FigureSection(string Id, string Title, string Note, IReadOnlyList<Figure> Figures);
