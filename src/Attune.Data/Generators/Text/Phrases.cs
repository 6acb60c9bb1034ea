using System.Text;
using Attune.Tensors;

namespace Attune.Data.Generators;

/// <summary>
/// Writes patterns out: "[a|b|]" takes one of its parts, "{name}" what fills that place, first by the caller's rule, then from the shared list.
/// What fills a place may be a pattern itself.
/// </summary>
internal static class Phrases
{
    private static readonly Dictionary<string, string[]> Shared = WordFile.Lists("slots");

    public static string Write(string pattern, SeededRandom random, Func<string, SeededRandom, string?>? fill = null)
    {
        var text = new StringBuilder();
        Append(text, pattern, random, fill);
        return Tidy(text.ToString());
    }

    /// <summary>The parts of a text between bars that stand outside brackets.</summary>
    public static List<string> Alternatives(ReadOnlySpan<char> text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
            if (text[i] != '|' || depth != 0)
                continue;
            parts.Add(text[start..i].ToString());
            start = i + 1;
        }

        parts.Add(text[start..].ToString());
        return parts;
    }

    /// <summary>With a capital at the beginning.</summary>
    public static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static void Append(StringBuilder text, string pattern, SeededRandom random, Func<string, SeededRandom, string?>? fill)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '[':
                    var end = Close(pattern, i);
                    Append(text, random.Pick(Alternatives(pattern.AsSpan(i + 1, end - i - 1))), random, fill);
                    i = end;
                    break;
                case '{':
                    var brace = pattern.IndexOf('}', i);
                    var name = pattern[(i + 1)..brace];
                    Append(text, fill?.Invoke(name, random) ?? random.Pick(Shared[name]), random, fill);
                    i = brace;
                    break;
                default:
                    text.Append(pattern[i]);
                    break;
            }
        }
    }

    private static int Close(string pattern, int open)
    {
        var depth = 0;
        for (var i = open; i < pattern.Length; i++)
        {
            depth += pattern[i] == '[' ? 1 : pattern[i] == ']' ? -1 : 0;
            if (depth == 0)
                return i;
        }

        throw new FormatException($"The pattern '{pattern}' opens a bracket that is never closed.");
    }

    /// <summary>Optional parts leave two spaces, or one before a comma.</summary>
    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c == ' ' && (tidy.Length == 0 || tidy[^1] == ' '))
                continue;
            if (c is '.' or ',' or '?' or '!' && tidy.Length > 0 && tidy[^1] == ' ')
                tidy.Length--;
            tidy.Append(c);
        }

        return tidy.ToString().TrimEnd();
    }
}
