namespace Attune.Reproductions.Tagging;

/// <summary>What became of a net.</summary>
/// <param name="Scores">On the way; the last at the end.</param>
/// <param name="KnownAfterReset">Share of known words, all alike, whose role is told right when the embeddings have been drawn afresh behind the last step, mean over several draws.</param>
/// <param name="UnseenAfterReset">The same of unseen ones: in expectation equal, since then all are new.</param>
internal sealed record TaggingCourse(IReadOnlyList<TaggingScores> Scores, double KnownAfterReset, double UnseenAfterReset)
{
    public TaggingScores End => Scores[^1];
}
