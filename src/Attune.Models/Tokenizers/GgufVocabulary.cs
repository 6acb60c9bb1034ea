using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>Tokenizers from the fields tokenizer.ggml.* of a GGUF file.</summary>
public static class GgufVocabulary
{
    private const int TypeUnknown = 2, TypeControl = 3, TypeUserDefined = 4;

    /// <summary>The tokenizers that can be made (tokenizer.ggml.model).</summary>
    public static IReadOnlyList<string> KnownModels { get; } = ["gpt2", "bert"];

    /// <summary>The ways of cutting words that are known for the model gpt2 (tokenizer.ggml.pre).</summary>
    public static IReadOnlyList<string> KnownPreTokenizers { get; } =
        [.. PreTokenizers().SelectMany(p => p.Names).Order(StringComparer.Ordinal)];

    /// <summary>The tokenizer of a GGUF file.</summary>
    /// <param name="model">tokenizer.ggml.model.</param>
    /// <param name="pre">tokenizer.ggml.pre; only gpt2 needs it.</param>
    /// <param name="tokens">tokenizer.ggml.tokens, by id.</param>
    /// <param name="merges">tokenizer.ggml.merges, "left right", best first; may be empty for bert.</param>
    /// <param name="types">tokenizer.ggml.token_type by id (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte); may be empty.</param>
    /// <param name="special">tokenizer.ggml.bos_token_id and its like.</param>
    /// <param name="addBegin">tokenizer.ggml.add_bos_token.</param>
    /// <param name="addEnd">tokenizer.ggml.add_eos_token.</param>
    public static ITokenizer Create(
        string model, string? pre, IReadOnlyList<string> tokens, IReadOnlyList<string> merges, IReadOnlyList<int> types,
        SpecialTokens? special = null, bool addBegin = false, bool addEnd = false)
    {
        special ??= new SpecialTokens();
        if (types.Count != 0 && types.Count != tokens.Count)
            throw new AttuneException($"The GGUF file has {tokens.Count} tokens but {types.Count} token types; it is damaged, fetch it again.");
        foreach (var id in new[] { special.Begin, special.End, special.Pad, special.Unknown, special.Mask, special.Separator, special.Class })
            if (id is { } value && (uint)value >= (uint)tokens.Count)
                throw new AttuneException($"The GGUF file names the special token id {id}, but has only {tokens.Count} tokens; it is damaged, fetch it again.");
        return model switch
        {
            "gpt2" => ByteLevelBpe(pre, tokens, merges, types, special, addBegin, addEnd),
            "bert" => WordPiece(tokens, types, special),
            _ => throw new AttuneException(
                $"The GGUF file's tokenizer.ggml.model is '{model}', which is not known (known: {string.Join(", ", KnownModels)}); use a file of another model, or its tokenizer.json."),
        };
    }

    private static Tokenizer ByteLevelBpe(
        string? pre, IReadOnlyList<string> tokens, IReadOnlyList<string> merges, IReadOnlyList<int> types, SpecialTokens special, bool addBegin, bool addEnd)
    {
        var family = PreTokenizers().FirstOrDefault(p => p.Names.Contains(pre, StringComparer.Ordinal)) ?? throw new AttuneException(
            $"The GGUF file's tokenizer.ggml.pre is '{pre}', which is not known (known: {string.Join(", ", KnownPreTokenizers)}); use the model's tokenizer.json.");
        var warnings = new List<string>();
        var vocabulary = Vocabulary.Of(tokens, warnings);
        var options = new BpeOptions { IgnoreMerges = family.IgnoreMerges };
        return new Tokenizer(new TokenizerParts(new BpeModel(vocabulary, [.. merges.Select(MergeText.Parse)], options))
        {
            Added = Added(tokens, types),
            PreTokenizer = family.Build(),
            PostProcessor = PostProcessor.Around(addBegin ? special.Begin : null, addEnd ? special.End : null),
            Decoder = DecoderChain.ForByteLevel,
            Special = special,
            Warnings = warnings,
        });
    }

    // GGUF marks the beginning of a word by ▁ where BERT marks its continuation by ##.
    private static Tokenizer WordPiece(IReadOnlyList<string> tokens, IReadOnlyList<int> types, SpecialTokens special)
    {
        var warnings = new List<string>();
        var plain = tokens.Select((t, i) =>
            IsAdded(types, i) || t.StartsWith('[') && t.EndsWith(']') ? t : t.StartsWith('▁') ? t[1..] : "##" + t).ToList();
        var vocabulary = Vocabulary.Of(plain, warnings);
        return WordPieceTokenizer.Create(vocabulary, lowercase: true, special, Added(plain, types), warnings);
    }

    private static bool IsAdded(IReadOnlyList<int> types, int id) =>
        types.Count > 0 && types[id] is TypeUnknown or TypeControl or TypeUserDefined;

    private static List<AddedToken> Added(IReadOnlyList<string> tokens, IReadOnlyList<int> types) =>
        [.. Enumerable.Range(0, tokens.Count).Where(i => IsAdded(types, i) && tokens[i].Length > 0)
            .Select(i => new AddedToken(i, tokens[i]) { Special = types[i] != TypeUserDefined })];

    private sealed record Family(string[] Names, Func<PreTokenizer> Build, bool IgnoreMerges = false);

    private static Family[] PreTokenizers() =>
    [
        new(["gpt-2", "gpt2", "phi-2", "roberta-bpe", "jina-es", "jina-de", "jina-v1-en", "mpt", "olmo"], () => new ByteLevelPreTokenizer(false, true)),
        new(["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"], () => new PreTokenizerSequence(
        [
            new RuneSplit(UnicodeClass.IsNumber, SplitBehaviour.Isolated),
            new ByteLevelPreTokenizer(false, true),
        ])),
        new(["llama3", "llama-v3", "llama-bpe", "falcon3"], () => Splitting(SplitPatterns.Llama3), IgnoreMerges: true),
        new(["dbrx", "smaug-bpe"], () => Splitting(SplitPatterns.Llama3)),
        new(["qwen2", "stablelm2", "deepseek-r1-qwen", "megrez"], () => Splitting(SplitPatterns.Qwen2)),
    ];

    private static PreTokenizerSequence Splitting(string pattern) => new(
    [
        new PatternSplit(RunePattern.Regex(pattern), SplitBehaviour.Isolated, invert: false),
        new ByteLevelPreTokenizer(false, false),
    ]);
}
