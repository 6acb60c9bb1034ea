namespace Attune.Models.Tokenizers;

/// <summary>A way of cutting text into words that GGUF files name: patterns applied one after the other, then bytes.</summary>
/// <param name="Names">tokenizer.ggml.pre.</param>
/// <param name="Steps">Regular expressions, whose matches and what lies between them become pieces.</param>
internal sealed record GgufPreTokenizer(string[] Names, params string[] Steps)
{
    /// <summary>A word that is a token is taken whole.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>The begin token is put before texts where the file does not say.</summary>
    public bool AddsBegin { get; init; }

    /// <summary>The model reads bytes as printable characters; else characters.</summary>
    public bool ByteLevel { get; init; } = true;

    /// <summary>Cuts digits before the patterns are applied.</summary>
    public DigitGroups? Digits { get; init; }

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer Build()
    {
        var parts = new List<PreTokenizer>();
        if (Digits is not null)
            parts.Add(Digits);
        parts.AddRange(Steps.Select(s => new PatternSplit(RunePattern.Regex(s), SplitBehaviour.Isolated, invert: false)));
        if (ByteLevel)
            parts.Add(new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false));
        return new PreTokenizerSequence(parts);
    }
}

/// <summary>
/// The ways that llama.cpp knows (src/llama-vocab.cpp), each with the expressions of the tokenizer.json of the models named, whose
/// classes of letters count by code point.
/// </summary>
internal static class GgufPreTokenizers
{
    private const string Digit = @"\p{N}";
    private const string Short = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Ending = @"|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string Lead = @"[^\r\n\p{L}\p{N}]?";
    private const string Kana = @"[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";
    private const string Signs = @" ?[^\s\p{L}\p{N}]+[\r\n/]*";
    private const string Lines = @"[^\n]+|[\n]+";

    // An ASCII sign with a word, marks with their letters, signs apart from letters.
    private const string DeepSeek = @"[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+";

    // Words of one case or capitalised, with their contraction.
    private const string Cased = Lead + Upper + "*" + Lower + "+" + Short + "?|" + Lead + Upper + "+" + Lower + "*" + Short + "?";
    private const string Gpt4O = Cased + @"|\p{N}{1,3}|" + Signs + Ending;
    private const string BloomWords = @" ?[^(\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+";
    private const string WideSpaces = @"|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}";

    // Letters with case as the tokenizer of DeepSeek LLM lists them.
    private const string CasedLetters = @"A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377"
        + @"\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD"
        + @"\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D"
        + @"\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107"
        + @"\u210A-\u2113\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4"
        + @"\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A"
        + @"\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}";

    private static readonly FormNormalizer Composed = new(compose: true, compatibility: false);
    private static readonly ReplaceNormalizer Escaped = new(RunePattern.OfLiteral(" "), "▁");

    public static IReadOnlyList<GgufPreTokenizer> All { get; } =
    [
        new(["default"], @"[\p{P}\$\+<=>\^~\|]+", SplitPatterns.Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"),
        new(
            ["gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0", "mellum",
            "modern-bert", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4"], SplitPatterns.Gpt2),
        new(["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2"], Digit, SplitPatterns.Gpt2),
        new(["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano"], SplitPatterns.Llama3) { IgnoreMerges = true, AddsBegin = true },
        new(["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], SplitPatterns.Llama3),
        new(["qwen2"], SplitPatterns.Qwen2) { Normalizer = Composed },
        new(["deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2"], SplitPatterns.Qwen2),
        new(["qwen35"], Short + "|" + Lead + @"[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*" + Ending) { Normalizer = Composed },
        new(["jais-2"], Short + "|" + Lead + @"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+" + WideSpaces),
        new(["deepseek-llm"], @"[\r\n]", @"\s?[" + CasedLetters + "]+", @"\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+", @"\s+$", @"[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+", @"\p{N}+"),
        new(["deepseek-coder"], @"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", @"[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+", Digit),
        new(["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"], @"\p{N}{1,3}", Kana, DeepSeek + @"[\r\n]*" + Ending),
        new(["spark2_5"], @"\p{N}{1,3}", Kana, DeepSeek + @"|[\r\n]|\s+(?!\S)|\s+", Digit),
        new(
            ["youtu"], @"[\uAC00-\uD7A3\u3131-\u318E]+|[\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C\u3001-\u303F\uFE30-\uFE4F]+|[\u3105-\u312F]+|" + Kana,
            Cased + @"|\p{N}|" + Signs + Ending) { IgnoreMerges = true },
        new(["falcon"], @"[\p{P}\$\+<=>\^~\|`]+", SplitPatterns.Gpt2, "[0-9][0-9][0-9]"),
        new(["poro-chat", "bloom", "gpt3-finnish"], BloomWords),
        new(["viking"], BloomWords, Digit),
        new(["tekken"], Lead + Upper + "*" + Lower + "+|" + Lead + Upper + "+" + Lower + @"*|\p{N}|" + Signs + Ending) { IgnoreMerges = true, AddsBegin = true },
        new(["chameleon"], "<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", @"([\t\n]|    |  )", Digit, @"[\p{P}!-/:-@\[-`{-~]", SplitPatterns.Gpt2) { AddsBegin = true },
        new(["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], Gpt4O),
        new(["granite-embed-multi-97m"], Gpt4O) { IgnoreMerges = true },
        new(["tiny_aya", "cohere2moe"], Gpt4O) { Digits = new DigitGroups(IsDecimal, atWordEnd: true) },
        new(["kimi-k2"], @"[\p{Han}]+|" + NotHan(Cased) + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + Ending),
        new(["superbpe"]) { Digits = new DigitGroups(UnicodeClass.IsNumber) },
        new(["bailingmoe", "bailingmoe2", "llada-moe"], @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"),
        new(["seed-coder"], Short + "|" + Lead + @"\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+" + Ending),
        new(["ufakzeka"], Lead + @"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" + Ending),
        new(
            ["afmoe"], @"[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u3040-\u309F\u30A0-\u30FF\uFF65-\uFF9F\u2F00-\u2FDF\u0E40-\u0E7F\u0E80-\u0EFF\u1780-\u17FF\u1000-\u109F"
            + @"\uAA60-\uAA7F\uA9E0-\uA9FF\uAC00-\uD7AF\u1100-\u11FF]+", DeepSeek + @"[\r\n]*" + Ending) { Digits = new DigitGroups(UnicodeClass.IsNumber) },
        new(["laguna"], Lines, SplitPatterns.Qwen2),
        new(["exaone-moe"], Short + "|" + Lead + @"(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"),
        new(["minicpm5"], @"\p{N}{1,3}", Short + "|" + Lead + @"\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*" + Ending) { IgnoreMerges = true },
        new(["gemma4", "granite-embed-multi-311m"], Lines) { ByteLevel = false, Normalizer = Escaped, AddsBegin = true },
        new(["sarvam-moe"], Lines) { ByteLevel = false, Normalizer = Escaped },
        new(["whitespace"], @"\S+") { ByteLevel = false },
    ];

    private static bool IsDecimal(int rune) => UnicodeClass.Category(rune) == System.Globalization.UnicodeCategory.DecimalDigitNumber;

    // Kimi's words are those of GPT-4o without Chinese characters.
    private static string NotHan(string pattern) =>
        pattern.Replace(Upper, Upper[..^1] + @"&&[^\p{Han}]]", StringComparison.Ordinal).Replace(Lower, Lower[..^1] + @"&&[^\p{Han}]]", StringComparison.Ordinal);
}
