using System.Text;

namespace Attune.Evaluation.Metrics;

/// <summary>Text as code points, words and n-grams. A lone surrogate counts as U+FFFD.</summary>
internal static class TextUnits
{
    public static int[] CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            points.Add(rune.Value);
        return points.ToArray();
    }

    public static string OfCodePoint(int point) => new Rune(point).ToString();

    /// <summary>What stands between runs of white space, the four ASCII separators U+001C to U+001F included.</summary>
    public static string[] Words(string text)
    {
        var words = new List<string>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsSpace(text[i]))
                continue;
            if (i > start)
                words.Add(text[start..i]);
            start = i + 1;
        }
        return words.ToArray();
    }

    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>How often each run of <paramref name="n"/> tokens occurs, joined by U+0000, which no word holds.</summary>
    public static Dictionary<string, int> NGrams(ReadOnlySpan<string> tokens, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + n <= tokens.Length; i++)
        {
            var key = string.Join('\0', tokens.Slice(i, n));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        return counts;
    }

    /// <summary>Σ of the smaller of the two counts.</summary>
    public static int Overlap(Dictionary<string, int> first, Dictionary<string, int> second)
    {
        var overlap = 0;
        foreach (var (key, count) in first)
            overlap += Math.Min(count, second.GetValueOrDefault(key));
        return overlap;
    }
}
