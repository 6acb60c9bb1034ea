namespace Attune.Training.Pretraining;

/// <summary>One text of a source as tokens; it attends to no other.</summary>
/// <param name="Ids">The tokens; the first is not predicted, all others are. Fewer than two: there is nothing to learn from.</param>
/// <param name="Labels">Where its labels stand, ascending; empty for plain text.</param>
public sealed record Document(int[] Ids, IReadOnlyList<LabelSpan> Labels)
{
    public static Document Empty { get; } = new([], []);

    /// <summary>Tokens that are predicted.</summary>
    public int Predicted => Math.Max(0, Ids.Length - 1);
}
