namespace Attune.Models.Tokenizers;

/// <summary>Two texts in one sequence, as cross-encoders read them.</summary>
/// <param name="Ids">The token ids with the special tokens of the post-processor.</param>
/// <param name="TypeIds">For each id the segment that it belongs to, 0 or 1.</param>
/// <param name="SpecialMask">For each id whether the post-processor added it.</param>
/// <param name="Truncated">How many tokens of the two texts were cut off.</param>
public sealed record EncodedPair(int[] Ids, int[] TypeIds, bool[] SpecialMask, int Truncated);
