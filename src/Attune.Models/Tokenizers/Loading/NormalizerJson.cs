using System.Text.Json;

namespace Attune.Models.Tokenizers;

/// <summary>Reads the normalizer of a tokenizer.json.</summary>
internal static class NormalizerJson
{
    private const string Known = "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

    public static Normalizer? Read(JsonElement? element)
    {
        if (element is not { } e)
            return null;
        var type = e.RequiredText("type");
        return type switch
        {
            "Sequence" => new NormalizerSequence([.. e.Required("normalizers").Items("normalizers").Select(n => Read(n)!)]),
            "NFC" => new FormNormalizer(compose: true, compatibility: false),
            "NFD" => new FormNormalizer(compose: false, compatibility: false),
            "NFKC" => new FormNormalizer(compose: true, compatibility: true),
            "NFKD" => new FormNormalizer(compose: false, compatibility: true),
            "Nmt" => new NmtNormalizer(),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new FilterNormalizer(r => !UnicodeClass.IsMark(r)),
            "Strip" => new StripNormalizer(e.Flag("strip_left") ?? true, e.Flag("strip_right") ?? true),
            "Prepend" => new PrependNormalizer(e.RequiredText("prepend")),
            "Replace" => new ReplaceNormalizer(PatternJson.Read(e.Required("pattern")), e.RequiredText("content")),
            "ByteLevel" => new ByteLevelNormalizer(),
            "BertNormalizer" => new BertNormalizer(
                e.Flag("clean_text") ?? true, e.Flag("handle_chinese_chars") ?? true, e.Flag("strip_accents"), e.Flag("lowercase") ?? true),
            "Precompiled" => PrecompiledNormalizer.Parse(e.RequiredText("precompiled_charsmap")),
            _ => throw JsonFields.Unknown("normalizer", type, Known),
        };
    }
}

/// <summary>Reads {"String": …} or {"Regex": …}.</summary>
internal static class PatternJson
{
    public static RunePattern Read(JsonElement element)
    {
        if (element.OptionalText("Regex") is { } regex)
            return RunePattern.Regex(regex);
        return RunePattern.OfLiteral(element.OptionalText("String") ?? throw JsonFields.Wrong("pattern", element, "{\"String\": …} or {\"Regex\": …}"));
    }
}
