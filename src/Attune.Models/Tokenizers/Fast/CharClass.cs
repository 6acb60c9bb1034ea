using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>What the patterns of byte-level tokenizers ask of a code point.</summary>
internal enum CharKind : byte
{
    /// <summary>None of the others; half a surrogate pair too, which is read as U+FFFD.</summary>
    Other,
    Letter,
    Number,
    WhiteSpace,
}

/// <summary>Kinds of code points by a table for one UTF-16 unit, and by their category for two.</summary>
internal static class CharClass
{
    private static readonly CharKind[] Table = Fill();

    /// <summary>The kind of the code point at a place, and how many units it has; the place must be in the text.</summary>
    public static CharKind At(ReadOnlySpan<char> text, int at, out int units)
    {
        var c = text[at];
        units = 1;
        if (!char.IsHighSurrogate(c) || at + 1 >= text.Length || !char.IsLowSurrogate(text[at + 1]))
            return Table[c];
        units = 2;
        return Of(char.ConvertToUtf32(c, text[at + 1]));
    }

    /// <summary>The end of the code points of one kind from a place on, at most so many of them.</summary>
    public static int EndOf(CharKind kind, ReadOnlySpan<char> text, int at, int most = int.MaxValue)
    {
        while (at < text.Length && most-- > 0 && At(text, at, out var units) == kind)
            at += units;
        return at;
    }

    private static CharKind Of(int rune) => UnicodeClass.IsWhiteSpace(rune) ? CharKind.WhiteSpace
        : UnicodeClass.IsLetter(rune) ? CharKind.Letter
        : UnicodeClass.IsNumber(rune) ? CharKind.Number
        : CharKind.Other;

    private static CharKind[] Fill()
    {
        var table = new CharKind[char.MaxValue + 1];
        for (var c = 0; c < table.Length; c++)
            table[c] = Rune.IsValid(c) ? Of(c) : CharKind.Other;
        return table;
    }
}
