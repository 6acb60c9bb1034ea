using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>The pieces that a Unigram vocabulary is found among: parts of words that occur more than once, and all characters.</summary>
internal static class SeedPieces
{
    /// <summary>
    /// Counts the beginnings of every suffix of every word up to a length, and takes those with the most characters covered
    /// (count·length), after all single characters; of equal ones the ordinally first.
    /// </summary>
    public static PieceSet Of(IReadOnlyList<(int[] Runes, long Count)> words, int longest, int size)
    {
        var counts = Grow(words, longest);
        var singles = counts.Where(c => IsSingle(c.Key)).ToList();
        var parts = counts.Where(c => !IsSingle(c.Key) && c.Value > 1)
            .OrderByDescending(c => c.Value * c.Key.Length).ThenBy(c => c.Key, StringComparer.Ordinal).Take(Math.Max(0, size - singles.Count));
        var chosen = singles.Concat(parts).OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
        double all = chosen.Sum(c => c.Value);
        return new PieceSet([.. chosen.Select(c => c.Key)], [.. chosen.Select(c => Math.Log(c.Value / all))]);
    }

    // A part that occurs once holds no longer part that occurs twice: lengths are counted one after the other, along those that do.
    private static Dictionary<string, long> Grow(IReadOnlyList<(int[] Runes, long Count)> words, int longest)
    {
        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        var texts = words.Select(w => new Text(w.Runes, w.Count)).ToList();
        for (var length = 1; length <= longest && texts.Count > 0; length++)
        {
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var text in texts)
                foreach (var start in text.Starts)
                    CollectionsMarshal.GetValueRefOrAddDefault(lookup, text.Part(start, length), out _) += text.Count;
            foreach (var text in texts)
                text.Starts.RemoveAll(s => lookup[text.Part(s, length)] < 2 || s + length >= text.Length);
            texts.RemoveAll(t => t.Starts.Count == 0);
            foreach (var (part, count) in counts)
                all[part] = count;
        }
        return all;
    }

    private static bool IsSingle(string text) => text.Length == 1 || text.Length == 2 && char.IsSurrogatePair(text[0], text[1]);

    private sealed class Text
    {
        private readonly string _text;
        private readonly int[] _units;

        public Text(int[] runes, long count)
        {
            _text = string.Concat(runes.Select(char.ConvertFromUtf32));
            _units = new int[runes.Length + 1];
            for (var i = 0; i < runes.Length; i++)
                _units[i + 1] = _units[i] + new Rune(runes[i]).Utf16SequenceLength;
            Starts = [.. Enumerable.Range(0, runes.Length)];
            Count = count;
        }

        public List<int> Starts { get; }
        public long Count { get; }
        public int Length => _units.Length - 1;

        public ReadOnlySpan<char> Part(int start, int length) => _text.AsSpan(_units[start], _units[start + length] - _units[start]);
    }
}
