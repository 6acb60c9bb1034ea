namespace Attune.Models.Tokenizers;

/// <summary>The fields tokenizer.ggml.* of a GGUF file. What a file does not say is null; then the model's default holds.</summary>
public sealed record GgufVocabularyFields
{
    /// <summary>tokenizer.ggml.model: which algorithm divides text.</summary>
    public required string Model { get; init; }

    /// <summary>tokenizer.ggml.pre: how byte-pair models cut text into words.</summary>
    public string? Pre { get; init; }

    /// <summary>tokenizer.ggml.tokens, by id.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>tokenizer.ggml.scores, by id; may be empty.</summary>
    public IReadOnlyList<float> Scores { get; init; } = [];

    /// <summary>tokenizer.ggml.merges, "left right", best first; may be empty.</summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>tokenizer.ggml.token_type, by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; may be empty.</summary>
    public IReadOnlyList<int> Types { get; init; } = [];

    /// <summary>tokenizer.ggml.bos_token_id and its like.</summary>
    public SpecialTokens Special { get; init; } = new();

    /// <summary>tokenizer.ggml.add_bos_token.</summary>
    public bool? AddsBegin { get; init; }

    /// <summary>tokenizer.ggml.add_eos_token.</summary>
    public bool? AddsEnd { get; init; }

    /// <summary>tokenizer.ggml.add_space_prefix: a blank stands before the text.</summary>
    public bool? AddsBlank { get; init; }

    /// <summary>tokenizer.ggml.remove_extra_whitespaces.</summary>
    public bool? RemovesExtraBlanks { get; init; }

    /// <summary>tokenizer.ggml.precompiled_charsmap: the compiled normalisation of sentencepiece; may be empty.</summary>
    public ReadOnlyMemory<byte> CharsMap { get; init; }

    /// <summary>tokenizer.ggml.normalizer.lowercase.</summary>
    public bool? Lowercase { get; init; }

    /// <summary>tokenizer.ggml.normalizer.strip_accents.</summary>
    public bool? StripsAccents { get; init; }

    /// <summary>general.name: some families are known by nothing else.</summary>
    public string? Name { get; init; }
}
