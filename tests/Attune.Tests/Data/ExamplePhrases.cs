using System.Text.RegularExpressions;

namespace Attune.Tests.Data;

/// <summary>Cuts texts into phrases that can be compared: in small letters, without signs, numbers as #, days and months by their kind.</summary>
internal static partial class ExamplePhrases
{
    private static readonly HashSet<string> Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private static readonly HashSet<string> Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>What stands between signs that end a sentence, and what stands in quotation marks.</summary>
    public static string[] Sentences(string text) => [.. SentenceEnd().Split(text).Select(s => string.Join(' ', Words(s))).Where(s => s.Length > 0)];

    /// <summary>What stands between signs of any kind, of three words or more.</summary>
    public static string[] Clauses(string text) =>
        [.. ClauseEnd().Split(text).Select(Words).Where(w => w.Length >= 3).Select(w => string.Join(' ', w))];

    /// <summary>The runs of five words, over the ends of sentences as well.</summary>
    public static string[] Runs(string text)
    {
        var words = Words(text);
        return [.. Enumerable.Range(0, Math.Max(0, words.Length - 4)).Select(i => string.Join(' ', words, i, 5))];
    }

    /// <summary>The words of a text; apostrophes join.</summary>
    public static string[] Words(string text)
    {
        var plain = new string([.. text.Replace("'", "", StringComparison.Ordinal).Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]);
        return [.. plain.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Kind)];
    }

    private static string Kind(string word) =>
        word.All(char.IsAsciiDigit) ? "#" : Days.Contains(word) ? "<day>" : Months.Contains(word) ? "<month>" : word;

    [GeneratedRegex("""[.!?:;]+(?:\s|$)|["]""")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("""[.!?:;,]+(?:\s|$)|["]""")]
    private static partial Regex ClauseEnd();
}
