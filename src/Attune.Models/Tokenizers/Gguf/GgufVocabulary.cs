using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Tokenizers from the fields tokenizer.ggml.* of a GGUF file. Facts of the format: llama.cpp, src/llama-vocab.cpp.</summary>
public static class GgufVocabulary
{
    private static readonly Dictionary<string, Func<GgufTokens, TokenizerParts>> Builders = new(StringComparer.Ordinal)
    {
        ["bert"] = GgufPieces.WordPieces,
        ["gemma4"] = t => GgufBytePairs.Build(t, "gemma4"),
        ["gpt2"] = t => GgufBytePairs.Build(t, t.Fields.Pre),
        ["hybriddna"] = GgufBytePairs.BuildDna,
        ["llama"] = GgufPieces.ScoredPairs,
        ["plamo2"] = GgufPieces.Plamo,
        ["rwkv"] = GgufPieces.Rwkv,
        ["t5"] = GgufPieces.Unigram,
        ["whitespace"] = GgufBytePairs.BuildSpaced,
    };

    /// <summary>The tokenizers that can be made (tokenizer.ggml.model).</summary>
    public static IReadOnlyList<string> KnownModels { get; } = [.. Builders.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The ways of cutting words that are known for byte-pair models (tokenizer.ggml.pre).</summary>
    public static IReadOnlyList<string> KnownPreTokenizers { get; } =
        [.. GgufPreTokenizers.All.SelectMany(p => p.Names).Order(StringComparer.Ordinal)];

    /// <summary>The tokenizer of a GGUF file.</summary>
    /// <exception cref="AttuneException">The fields contradict one another, or name a model or a way of cutting that is not known.</exception>
    public static ITokenizer Create(GgufVocabularyFields fields)
    {
        if (fields.Model is "none" or "no_vocab")
            throw new AttuneException($"The GGUF file carries no vocabulary (tokenizer.ggml.model is '{fields.Model}'); use a file that has one, or the model's tokenizer.json.");
        if (!Builders.TryGetValue(fields.Model, out var build))
            throw new AttuneException(
                $"The GGUF file's tokenizer.ggml.model is '{fields.Model}', which is not known (known: {string.Join(", ", KnownModels)}); use a file of another model, or its tokenizer.json.");
        return new Tokenizer(build(new GgufTokens(fields)));
    }
}
