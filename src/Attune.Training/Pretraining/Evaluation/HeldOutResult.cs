namespace Attune.Training.Pretraining;

/// <summary>What a model makes of documents that it was not trained on.</summary>
/// <param name="Set">Which documents.</param>
/// <param name="Loss">Mean −ln p of all their tokens.</param>
/// <param name="ByPosition">The same by place in the document.</param>
/// <param name="ByShots">Accuracy on labels by labelled rows before them; empty for plain text.</param>
/// <param name="WholeWords">Labels that were scored by the sum over their tokens, since those of a label begin alike; all others by their first token.</param>
public sealed record HeldOutResult(string Set, double Loss, long Tokens, IReadOnlyList<PositionLoss> ByPosition, IReadOnlyList<ShotAccuracy> ByShots, int WholeWords);
