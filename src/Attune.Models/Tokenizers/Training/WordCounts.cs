using System.Runtime.InteropServices;

namespace Attune.Models.Tokenizers;

/// <summary>How often each word occurs in texts, in the words' ordinal order, so that the order of the texts does not matter.</summary>
internal static class WordCounts
{
    public static List<(string Word, long Count)> Of(IEnumerable<string> texts, string pattern, CancellationToken cancellation) =>
        Of(texts, WordCutter.Of(pattern) ?? new PatternWords(RunePattern.Regex(pattern)), cancellation);

    public static List<(string Word, long Count)> Of(IEnumerable<string> texts, WordCutter cutter, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            var cut = cutter.For(text);
            for (var start = 0; start < text.Length;)
            {
                var end = cut.EndOf(text, start);
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.AsSpan(start, end - start), out _)++;
                start = end;
            }
        }
        return [.. counts.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal)];
    }
}
