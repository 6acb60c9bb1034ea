namespace Attune.Models.Tokenizers;

/// <summary>A text as token ids.</summary>
/// <param name="Ids">The token ids, in order.</param>
/// <param name="Offsets">For each id its range of the text; (0, 0) for tokens that the post-processor adds.</param>
/// <param name="LostCharacters">
/// How many symbols (bytes for byte-level vocabularies, characters otherwise) the vocabulary lacks and has no unknown token for:
/// they are in no id, so decoding does not give the text back.
/// </param>
public sealed record TokenizedText(int[] Ids, TokenOffset[] Offsets, int LostCharacters);
