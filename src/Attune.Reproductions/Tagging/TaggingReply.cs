namespace Attune.Reproductions.Tagging;

/// <summary>What a learner makes of an example.</summary>
/// <param name="Answer">The likeliest tokens at the masks.</param>
/// <param name="TakesOrder">Whether it gives, at the first mask, the adjective by the context more than the noun: of two words the right one.</param>
internal readonly record struct TaggingReply(TaggingAnswer Answer, bool TakesOrder);
