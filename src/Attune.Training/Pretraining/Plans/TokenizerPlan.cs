namespace Attune.Training.Pretraining;

/// <summary>Which tokenizer a model is trained with.</summary>
public sealed record TokenizerPlan
{
    /// <summary>The token that stands behind every text where the tokenizer is learned.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>A tokenizer.json, or a model's folder; null: it is learned from the sources.</summary>
    public string? Path { get; init; }

    /// <summary>Learn a Unigram vocabulary rather than byte-level byte pairs.</summary>
    public bool Unigram { get; init; }

    /// <summary>Tokens of a vocabulary that is learned.</summary>
    public int Vocabulary { get; init; } = 4096;

    /// <summary>Characters of the sources that it is learned from, shared by their weights.</summary>
    public int SampleCharacters { get; init; } = 10_000_000;
}
