namespace Attune.Models.Tokenizers;

/// <summary>How a Unigram vocabulary is learned.</summary>
public sealed record UnigramTrainingOptions
{
    /// <summary>How many tokens are wanted, with the unknown token, bytes and special tokens. Text with few pieces gives fewer.</summary>
    public int VocabularySize { get; init; } = 8_000;

    /// <summary>Tokens that mark structure; they come last, and are never learned from text.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>256 tokens for bytes, so that any text can be encoded.</summary>
    public bool ByteFallback { get; init; } = true;

    /// <summary>The longest piece, in code points.</summary>
    public int LongestPiece { get; init; } = 16;

    /// <summary>How many pieces the search begins with, at most.</summary>
    public int SeedSize { get; init; } = 1_000_000;

    /// <summary>The share of the pieces that each round keeps.</summary>
    public double ShrinkingFactor { get; init; } = 0.75;

    /// <summary>Steps of expectation maximisation in each round.</summary>
    public int StepsPerRound { get; init; } = 2;

    /// <summary>Told of each step.</summary>
    public Action<UnigramTrainingStep>? OnStep { get; init; }
}
