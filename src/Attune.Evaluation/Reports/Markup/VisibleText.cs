using System.Globalization;
using System.Text;

namespace Attune.Evaluation.Reports;

/// <summary>
/// Text in which no character hides or turns others: controls, marks of writing direction (U+202E and its kin), zero-width and tag
/// characters, broken surrogates and what XML does not allow are written as "⟦U+202E⟧". Letters of every script stay as they are.
/// </summary>
internal static class VisibleText
{
    /// <param name="keepLines">Keep line feeds and tabs, as where the text stands in a block of its own.</param>
    public static string Of(string text, bool keepLines)
    {
        var first = FirstHidden(text, keepLines);
        if (first < 0)
            return text;
        var shown = new StringBuilder(text, 0, first, text.Length + 16);
        for (var i = first; i < text.Length;)
        {
            var code = CodePoint(text, i, out var length);
            if (IsHidden(code, keepLines))
                shown.Append("⟦U+").Append(code.ToString("X4", CultureInfo.InvariantCulture)).Append('⟧');
            else
                shown.Append(text, i, length);
            i += length;
        }
        return shown.ToString();
    }

    /// <summary>The longest beginning of at most <paramref name="limit"/> UTF-16 units that does not cut a surrogate pair.</summary>
    public static string Start(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        return text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
    }

    private static int FirstHidden(string text, bool keepLines)
    {
        for (var i = 0; i < text.Length;)
        {
            if (IsHidden(CodePoint(text, i, out var length), keepLines))
                return i;
            i += length;
        }
        return -1;
    }

    private static int CodePoint(string text, int at, out int length)
    {
        length = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return length == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];
    }

    private static bool IsHidden(int code, bool keepLines) => code switch
    {
        '\n' or '\t' => !keepLines,
        < 0x20 or (>= 0x7F and <= 0x9F) or 0xAD => true,
        0x061C or 0x180E or 0x200B or 0x200E or 0x200F => true,
        >= 0x2028 and <= 0x202E => true,
        >= 0x2060 and <= 0x206F => true,
        >= 0xD800 and <= 0xDFFF => true,
        0xFEFF or (>= 0xFFF9 and <= 0xFFFB) => true,
        >= 0xE0000 and <= 0xE007F => true,
        _ => (code & 0xFFFE) == 0xFFFE,
    };
}
