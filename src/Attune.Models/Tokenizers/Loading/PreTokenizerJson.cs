using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the pre_tokenizer of a tokenizer.json.</summary>
internal static class PreTokenizerJson
{
    private const string Known = "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts, Whitespace, WhitespaceSplit";

    private static readonly RunePattern Words = RunePattern.Regex(SplitPatterns.Words);

    public static PreTokenizer? Read(JsonElement? element)
    {
        if (element is not { } e)
            return null;
        var type = e.RequiredText("type");
        return type switch
        {
            "Sequence" => new PreTokenizerSequence([.. e.Required("pretokenizers").Items("pretokenizers").Select(p => Read(p)!)]),
            "ByteLevel" => new ByteLevelPreTokenizer(e.Flag("add_prefix_space") ?? true, e.Flag("use_regex") ?? true),
            "Split" => new PatternSplit(PatternJson.Read(e.Required("pattern")), Behaviour(e), e.Flag("invert") ?? false),
            "Digits" => new RuneSplit(
                UnicodeClass.IsNumber, e.Flag("individual_digits") ?? false ? SplitBehaviour.Isolated : SplitBehaviour.Contiguous),
            "Punctuation" => new RuneSplit(UnicodeClass.IsBertPunctuation, e.Field("behavior") is null ? SplitBehaviour.Isolated : Behaviour(e)),
            "BertPreTokenizer" => Bert(),
            "Whitespace" => new PatternSplit(Words, SplitBehaviour.Removed, invert: true),
            "WhitespaceSplit" => new RuneSplit(UnicodeClass.IsWhiteSpace, SplitBehaviour.Removed),
            "CharDelimiterSplit" => CharDelimiter(e),
            "FixedLength" => new FixedLengthSplit(e.Integer("length") switch
            {
                null => 5,
                > 0 and var length => length,
                _ => throw JsonFields.Wrong("length", e.Required("length"), "1 or more"),
            }),
            "UnicodeScripts" => new ScriptSplit(),
            "Metaspace" => new MetaspacePreTokenizer(Replacement(e), Scheme(e), e.Flag("split") ?? true),
            _ => throw JsonFields.Unknown("pre_tokenizer", type, Known),
        };
    }

    /// <summary>White space is dropped, each punctuation mark is a piece of its own.</summary>
    public static PreTokenizer Bert() => new PreTokenizerSequence(
    [
        new RuneSplit(UnicodeClass.IsWhiteSpace, SplitBehaviour.Removed),
        new RuneSplit(UnicodeClass.IsBertPunctuation, SplitBehaviour.Isolated),
    ]);

    public static int Replacement(JsonElement e)
    {
        var runes = RunePattern.RunesOf(e.OptionalText("replacement") ?? "▁");
        return runes.Length == 1 ? runes[0] : throw JsonFields.Wrong("replacement", e.Required("replacement"), "one character");
    }

    // Older files have add_prefix_space in place of prepend_scheme.
    public static PrependScheme Scheme(JsonElement e) => e.OptionalText("prepend_scheme") switch
    {
        null => e.Flag("add_prefix_space") ?? true ? PrependScheme.Always : PrependScheme.Never,
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        var other => throw JsonFields.Unknown("prepend_scheme", other, "always, first, never"),
    };

    private static RuneSplit CharDelimiter(JsonElement e)
    {
        var runes = RunePattern.RunesOf(e.RequiredText("delimiter"));
        return runes.Length == 1
            ? new RuneSplit(r => r == runes[0], SplitBehaviour.Removed)
            : throw JsonFields.Wrong("delimiter", e.Required("delimiter"), "one character");
    }

    private static SplitBehaviour Behaviour(JsonElement e) => e.RequiredText("behavior") switch
    {
        "Removed" => SplitBehaviour.Removed,
        "Isolated" => SplitBehaviour.Isolated,
        "MergedWithPrevious" => SplitBehaviour.MergedWithPrevious,
        "MergedWithNext" => SplitBehaviour.MergedWithNext,
        "Contiguous" => SplitBehaviour.Contiguous,
        var other => throw JsonFields.Unknown("split behavior", other, "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
    };
}
