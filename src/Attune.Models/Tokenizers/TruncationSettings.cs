namespace Attune.Models.Tokenizers;

/// <summary>How a tokenizer's file asks for texts to be cut; the caller decides whether to.</summary>
/// <param name="MaximumLength">In tokens, special ones included.</param>
/// <param name="Strategy">LongestFirst, OnlyFirst or OnlySecond.</param>
/// <param name="Stride">How many tokens the parts of a text that is cut into several have in common.</param>
/// <param name="FromLeft">Whether the beginning is cut off, not the end.</param>
public sealed record TruncationSettings(int MaximumLength, string Strategy, int Stride, bool FromLeft);
