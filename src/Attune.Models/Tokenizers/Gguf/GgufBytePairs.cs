using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>The byte-pair tokenizers of GGUF files: merges by rank, and words cut as tokenizer.ggml.pre says.</summary>
internal static class GgufBytePairs
{
    private const string KimiK2 = "kimi-k2";

    /// <summary>"gpt2", and with the way of cutting "gemma4" that model.</summary>
    public static TokenizerParts Build(GgufTokens tokens, string? pre)
    {
        var way = WayOf(tokens, pre);
        var special = tokens.Special();
        var vocabulary = tokens.ToVocabulary();
        return new TokenizerParts(Model(tokens, vocabulary, way))
        {
            Added = tokens.Added(),
            Normalizer = way.Normalizer,
            PreTokenizer = way.Build(),
            PostProcessor = tokens.Around(special, way.AddsBegin, addsEnd: false),
            Decoder = way.ByteLevel ? DecoderChain.ForByteLevel : DecoderChain.ForPieces(dropsFirstBlank: false, way.Normalizer is null ? null : "▁"),
            Special = special,
            Warnings = tokens.Warnings,
        };
    }

    /// <summary>"whitespace": words between white space, which is dropped; in lower case where the file asks for it.</summary>
    public static TokenizerParts BuildSpaced(GgufTokens tokens) => Build(tokens, tokens.Fields.Pre ?? "whitespace") with
    {
        Normalizer = tokens.Fields.Lowercase ?? false ? new LowercaseNormalizer() : null,
        PreTokenizer = new RuneSplit(UnicodeClass.IsWhiteSpace, SplitBehaviour.Removed),
    };

    /// <summary>"hybriddna": text as "gpt2" has it, and between the tags of sequences six bases a token.</summary>
    public static TokenizerParts BuildDna(GgufTokens tokens)
    {
        var parts = Build(tokens, tokens.Fields.Pre);
        return DnaModel.Wrap(parts) is { } model
            ? parts with { Model = model, PreTokenizer = null, Decoder = DnaModel.Decoder }
            : parts;
    }

    private static GgufPreTokenizer WayOf(GgufTokens tokens, string? pre)
    {
        if (pre is null)
        {
            tokens.Warnings.Add("The GGUF file does not say how text is cut into words (tokenizer.ggml.pre); llama.cpp's default is used, and may not be the model's.");
            pre = "default";
        }
        return GgufPreTokenizers.All.FirstOrDefault(p => p.Names.Contains(pre, StringComparer.Ordinal)) ?? throw new AttuneException(
            $"The GGUF file's tokenizer.ggml.pre is '{pre}', which is not known (known: {string.Join(", ", GgufVocabulary.KnownPreTokenizers)}); use the model's tokenizer.json.");
    }

    private static TokenModel Model(GgufTokens tokens, Vocabulary vocabulary, GgufPreTokenizer way)
    {
        // Kimi's vocabulary is one of ranks: two neighbours merge where their text is a token, the one with the lowest id first.
        if (tokens.Fields.Merges.Count == 0 && tokens.Fields.Pre == KimiK2)
            return new ScoredBpeModel(vocabulary, [.. tokens.Pieces.Select((p, i) => p with { Score = -i })], new PieceOptions());
        return new BpeModel(vocabulary, [.. tokens.Fields.Merges.Select(MergeText.Parse)], new BpeOptions
        {
            IgnoreMerges = way.IgnoreMerges,
            ByteFallback = !way.ByteLevel,
            WholeBreaks = !way.ByteLevel,
        });
    }
}
