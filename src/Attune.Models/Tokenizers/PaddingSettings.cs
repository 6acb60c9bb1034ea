namespace Attune.Models.Tokenizers;

/// <summary>How a tokenizer's file asks for texts to be filled up; the caller decides whether to.</summary>
/// <param name="Length">The number of tokens, or null for that of the longest text of a batch.</param>
/// <param name="MultipleOf">The number is rounded up to a multiple of this, where given.</param>
/// <param name="Id">The padding token.</param>
/// <param name="TypeId">Its segment.</param>
/// <param name="FromLeft">Whether padding stands before the text.</param>
public sealed record PaddingSettings(int? Length, int? MultipleOf, int Id, int TypeId, bool FromLeft);
