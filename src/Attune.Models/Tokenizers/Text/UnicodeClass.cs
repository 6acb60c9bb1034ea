using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>Classes of code points (not of UTF-16 units), as the reference's regular expressions and normalisers see them.</summary>
internal static class UnicodeClass
{
    public static UnicodeCategory Category(int rune) => CharUnicodeInfo.GetUnicodeCategory(rune);

    public static bool IsLetter(int rune) => Category(rune) <= UnicodeCategory.OtherLetter;

    public static bool IsMark(int rune) =>
        Category(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Nd, Nl and No.</summary>
    public static bool IsNumber(int rune) =>
        Category(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Unicode's White_Space: it holds U+0085, not U+200B.</summary>
    public static bool IsWhiteSpace(int rune) => rune switch
    {
        >= 9 and <= 13 or 0x20 or 0x85 or 0xA0 or 0x1680 or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000 => true,
        _ => rune is >= 0x2000 and <= 0x200A,
    };

    /// <summary>\w as UTS 18 defines it: alphabetic, marks, decimal digits, connectors, joiners.</summary>
    public static bool IsWord(int rune) => Category(rune) switch
    {
        <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol =>
            rune is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189,
        _ => rune is 0x200C or 0x200D,
    };

    public static bool IsPunctuation(int rune) =>
        Category(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    /// <summary>ASCII symbols count as punctuation for BERT's pre-tokenizer: $ + &lt; = &gt; ^ ` | ~ too.</summary>
    public static bool IsBertPunctuation(int rune) => IsAsciiPunctuation(rune) || IsPunctuation(rune);

    public static bool IsAsciiPunctuation(int rune) => rune is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126;

    /// <summary>The blocks that BERT sets apart with spaces: Han only, not kana nor Hangul.</summary>
    public static bool IsHan(int rune) => rune is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF
        or >= 0x2F800 and <= 0x2FA1F;
}
