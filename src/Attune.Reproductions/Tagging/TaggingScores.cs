namespace Attune.Reproductions.Tagging;

/// <summary>What a learner does with each set after some steps.</summary>
/// <param name="Step">Steps of training behind it.</param>
internal sealed record TaggingScores(int Step, TaggingShares Validation, TaggingShares Unseen, TaggingShares Head, TaggingShares Tail, TaggingShares Ambiguous);
