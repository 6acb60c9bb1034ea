using System.Globalization;
using System.Text;

namespace Attune.Models.ChatTemplates;

/// <summary>Python's view of texts: code points, its white space, its upper and title case.</summary>
internal static class JinjaText
{
    public static bool IsWhiteSpace(Rune rune) => rune.Value is >= 0x1C and <= 0x1F || Rune.IsWhiteSpace(rune);

    public static int Length(string text)
    {
        var count = text.Length;
        foreach (var c in text)
            if (char.IsLowSurrogate(c))
                count--;
        return count;
    }

    public static List<string> Characters(string text) => [.. text.EnumerateRunes().Select(r => r.ToString())];

    /// <summary>strip, lstrip, rstrip: of white space, or of the characters named.</summary>
    public static string Strip(string text, string? characters, bool left, bool right)
    {
        var set = characters?.EnumerateRunes().ToHashSet();
        var runes = text.EnumerateRunes().ToArray();
        var (start, end) = (0, runes.Length);
        while (left && start < end && Strips(runes[start]))
            start++;
        while (right && end > start && Strips(runes[end - 1]))
            end--;
        return string.Concat(runes[start..end]);

        bool Strips(Rune rune) => set?.Contains(rune) ?? IsWhiteSpace(rune);
    }

    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal);

    public static string Lower(string text) => text.ToLowerInvariant().Replace("İ", "i\u0307", StringComparison.Ordinal);

    public static string Capitalize(string text)
    {
        var first = text.Length > 1 && char.IsHighSurrogate(text[0]) ? 2 : Math.Min(1, text.Length);
        return Upper(text[..first]) + Lower(text[first..]);
    }

    /// <summary>str.title: the first letter of each run of letters in upper case.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inside = false;
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(inside ? Lower(rune.ToString()) : Upper(rune.ToString()));
            inside = Rune.IsLetter(rune);
        }
        return result.ToString();
    }

    /// <summary>The filter title: words begin after blanks, hyphens and opening brackets.</summary>
    public static string TitleWords(string text)
    {
        var result = new StringBuilder(text.Length);
        var inside = false;
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(inside ? Lower(rune.ToString()) : Upper(rune.ToString()));
            inside = !(IsWhiteSpace(rune) || rune.Value is '-' or '(' or '{' or '[' or '<');
        }
        return result.ToString();
    }

    /// <summary>split and rsplit: by white space, or by a separator; at most so many cuts, −1 for all.</summary>
    public static List<string> Split(string text, string? separator, int limit, bool fromRight)
    {
        if (separator is { Length: 0 })
            throw new JinjaError("the separator is empty");
        if (separator is null)
            return SplitWhite(text, limit, fromRight);
        var parts = text.Split(separator).ToList();
        if (limit < 0 || parts.Count <= limit + 1)
            return parts;
        var joined = parts.Count - limit;
        return fromRight
            ? [string.Join(separator, parts.Take(joined)), .. parts.Skip(joined)]
            : [.. parts.Take(limit), string.Join(separator, parts.Skip(limit))];
    }

    private static List<string> SplitWhite(string text, int limit, bool fromRight)
    {
        var words = Words(text);
        if (limit < 0 || words.Count <= limit)
            return [.. words.Select(w => text[w.Start..w.End])];
        // What is left over keeps its inner white space, but not that at its outer end.
        if (fromRight)
            return [.. limit == words.Count ? [] : new[] { Strip(text[..words[^(limit + 1)].End], null, true, false) }, .. words.TakeLast(limit).Select(w => text[w.Start..w.End])];
        return [.. words.Take(limit).Select(w => text[w.Start..w.End]), Strip(text[words[limit].Start..], null, false, true)];
    }

    private static List<(int Start, int End)> Words(string text)
    {
        var result = new List<(int, int)>();
        var start = -1;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsWhiteSpace(rune) && start >= 0)
            {
                result.Add((start, at));
                start = -1;
            }
            else if (!IsWhiteSpace(rune) && start < 0)
            {
                start = at;
            }
            at += rune.Utf16SequenceLength;
        }
        if (start >= 0)
            result.Add((start, text.Length));
        return result;
    }

    public static List<string> Lines(string text, bool keepEnds = false)
    {
        var result = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            var end = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
            result.Add(text[start..(keepEnds ? end : i)]);
            start = end;
            i = end - 1;
        }
        if (start < text.Length)
            result.Add(text[start..]);
        return result;
    }

    public static string EscapeHtml(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    public static string Time(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
                result.Append(format[i]);
            else
                result.Append(Time(time, format[++i]));
        }
        return result.ToString();
    }

    private static string Time(DateTimeOffset time, char code)
    {
        var pattern = code switch
        {
            'Y' => "yyyy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'y' => "yy",
            'b' or 'h' => "MMM",
            'B' => "MMMM",
            'a' => "ddd",
            'A' => "dddd",
            'p' => "tt",
            'F' => "yyyy-MM-dd",
            'T' => "HH:mm:ss",
            'f' => "ffffff",
            _ => null,
        };
        if (pattern is not null)
            return time.ToString(pattern, CultureInfo.InvariantCulture);
        return code switch
        {
            '%' => "%",
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            _ => throw new JinjaError($"the time format %{code} is not known"),
        };
    }
}
