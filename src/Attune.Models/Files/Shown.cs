using System.Globalization;
using System.Text;

namespace Attune.Models.Files;

/// <summary>Strings from files made fit for a message: a file may hold names of megabytes, or ones that steer a terminal.</summary>
internal static class Shown
{
    private const int Longest = 80;

    /// <summary>The text in single quotes, cut after 80 characters, with control and direction characters as <c>\uXXXX</c>.</summary>
    public static string Quoted(string text)
    {
        var result = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (IsSafe(c))
                result.Append(c);
            else
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return result.Append(text.Length > Longest ? "…'" : "'").ToString();
    }

    private static bool IsSafe(char c) => CharUnicodeInfo.GetUnicodeCategory(c)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
