namespace Attune.Models.Tokenizers;

/// <summary>The half-open range [Start, End) of UTF-16 code units of the text that a token stands for: text[Start..End].</summary>
public readonly record struct TokenOffset(int Start, int End);
