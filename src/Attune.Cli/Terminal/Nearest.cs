namespace Attune.Cli.Terminal;

/// <summary>Finds what a mistyped name most likely meant.</summary>
internal static class Nearest
{
    /// <summary>The nearest name within a third of its letters, or one that the text begins; null where none is near.</summary>
    public static string? Of(string text, IEnumerable<string> names)
    {
        var (best, least) = ((string?)null, int.MaxValue);
        foreach (var name in names)
        {
            var distance = Distance(text.ToLowerInvariant(), name.ToLowerInvariant());
            var limit = Math.Max(1, Math.Max(text.Length, name.Length) / 3);
            if (distance > limit && text.Length >= 3 && name.StartsWith(text, StringComparison.OrdinalIgnoreCase))
                distance = limit;
            if (distance <= limit && distance < least)
                (best, least) = (name, distance);
        }
        return best;
    }

    /// <summary>"; did you mean 'x'?" or nothing.</summary>
    public static string Hint(string text, IEnumerable<string> names) => Of(text, names) is { } name ? $"; did you mean '{name}'?" : "";

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (Damerau 1964, optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(replace, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
