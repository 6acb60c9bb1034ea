using Attune.Models.Files;
using Attune.Models.Tokenizers;

namespace Attune.Models.Loading;

/// <summary>The tokenizer that a GGUF file carries.</summary>
internal static class GgufTokenizers
{
    private const string Prefix = "tokenizer.ggml.";

    public static ITokenizer Create(GgufMetadata m)
    {
        return GgufVocabulary.Create(new GgufVocabularyFields
        {
            Model = m.GetText(Prefix + "model"),
            Pre = m.FindText(Prefix + "pre"),
            Tokens = m.FindTexts(Prefix + "tokens") ?? [],
            Scores = [.. (m.FindNumbers(Prefix + "scores") ?? []).Select(s => (float)s)],
            Merges = m.FindTexts(Prefix + "merges") ?? [],
            Types = [.. (m.FindIntegers(Prefix + "token_type") ?? []).Select(t => (int)Math.Clamp(t, 0, int.MaxValue))],
            Special = new SpecialTokens
            {
                Begin = Id("bos_token_id"),
                End = Id("eos_token_id"),
                Pad = Id("padding_token_id"),
                Unknown = Id("unknown_token_id"),
                Mask = Id("mask_token_id"),
                Class = Id("cls_token_id"),
                // The format spells it so.
                Separator = Id("seperator_token_id"),
            },
            AddsBegin = m.FindFlag(Prefix + "add_bos_token"),
            AddsEnd = m.FindFlag(Prefix + "add_eos_token"),
            AddsBlank = m.FindFlag(Prefix + "add_space_prefix"),
            RemovesExtraBlanks = m.FindFlag(Prefix + "remove_extra_whitespaces"),
            CharsMap = (m.FindIntegers(Prefix + "precompiled_charsmap") ?? []).Select(b => unchecked((byte)b)).ToArray(),
            Lowercase = m.FindFlag(Prefix + "normalizer.lowercase"),
            StripsAccents = m.FindFlag(Prefix + "normalizer.strip_accents"),
            Name = m.FindText("general.name"),
        });

        int? Id(string name) => m.FindInteger(Prefix + name) is { } id ? (int)Math.Clamp(id, -1, int.MaxValue) : null;
    }
}
