namespace Attune.Models.Tokenizers;

/// <summary>How byte-level byte pairs are learned.</summary>
public sealed record BytePairTrainingOptions
{
    /// <summary>How many tokens are wanted, special tokens and the 256 bytes included. Text with few pairs gives fewer.</summary>
    public int VocabularySize { get; init; } = 32_000;

    /// <summary>A pair that occurs less often is not merged.</summary>
    public long MinimumFrequency { get; init; } = 2;

    /// <summary>Tokens that mark structure; they come first, in this order, and are never learned from text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>All 256 bytes are tokens, so that any text can be encoded; else those that occur.</summary>
    public bool AllBytes { get; init; } = true;

    /// <summary>The regular expression whose matches are words, across which nothing is merged; by default GPT-2's.</summary>
    public string Pattern { get; init; } = SplitPatterns.Gpt2;
}
