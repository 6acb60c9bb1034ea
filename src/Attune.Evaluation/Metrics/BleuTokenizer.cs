using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Attune.Evaluation.Metrics;

/// <summary>The tokenizers of BLEU, as sacreBLEU 2 defines them.</summary>
internal static partial class BleuTokenizer
{
    /// <summary>The tokens joined by one space. Of characters, white space is joined too, and falls out when words are counted.</summary>
    public static string Tokenize(string text, BleuTokenization kind) => kind switch
    {
        BleuTokenization.Mteval13a => Mteval13a(text),
        BleuTokenization.International => International(TextUnits.CodePoints(text)),
        BleuTokenization.Characters => string.Join(' ', TextUnits.CodePoints(text).Select(TextUnits.OfCodePoint)),
        _ => text,
    };

    /// <summary>Sets ASCII punctuation apart, but for ' , - and the full stop.</summary>
    public static string SplitPunctuation(string text) => Punctuation().Replace(text, " $1 ");

    /// <summary>Sets full stops and commas apart but between digits, and dashes after a digit; the text has a space at either end.</summary>
    public static string SplitStops(string text) =>
        DashAfterDigit().Replace(StopBeforeOther().Replace(StopAfterOther().Replace(text, "$1 $2 "), " $1 $2"), "$1 $2 ");

    public static string Unescape(string text) => text
        .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);

    private static string Mteval13a(string text)
    {
        var line = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        return string.Join(' ', TextUnits.Words(SplitStops(SplitPunctuation($" {Unescape(line)} "))));
    }

    private static string International(int[] text)
    {
        var after = Apart(text, (a, b) => !IsNumber(a) && IsPunctuation(b), (a, b) => [a, ' ', b, ' ']);
        var before = Apart(after, (a, b) => IsPunctuation(a) && !IsNumber(b), (a, b) => [' ', a, ' ', b]);
        var line = new StringBuilder();
        foreach (var point in before)
            line.Append(IsSymbol(point) ? $" {TextUnits.OfCodePoint(point)} " : TextUnits.OfCodePoint(point));
        return string.Join(' ', TextUnits.Words(line.ToString()));
    }

    /// <summary>Rewrites pairs of code points that match, from the left, none overlapping.</summary>
    private static int[] Apart(int[] text, Func<int, int, bool> matches, Func<int, int, int[]> rewritten)
    {
        var line = new List<int>(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && matches(text[i], text[i + 1]))
                line.AddRange(rewritten(text[i], text[++i]));
            else
                line.Add(text[i]);
        }
        return line.ToArray();
    }

    private static bool IsNumber(int point) =>
        Category(point) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(int point) => Category(point) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    private static bool IsSymbol(int point) => Category(point) is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol;

    private static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    [GeneratedRegex(@"([\x20-\x26\x28-\x2B\x2F\x3A-\x40\x5B-\x60\x7B-\x7E])", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"([^0-9])([.,])", RegexOptions.CultureInvariant)]
    private static partial Regex StopAfterOther();

    [GeneratedRegex(@"([.,])([^0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex StopBeforeOther();

    [GeneratedRegex(@"([0-9])(-)", RegexOptions.CultureInvariant)]
    private static partial Regex DashAfterDigit();
}
