using System.Runtime.InteropServices;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Words as symbols with their counts, and how often each pair of neighbours occurs. A merge touches only the words that hold the pair;
/// a heap, whose entries may be out of date, gives the most frequent pair, of equal ones that of the lowest symbols.
/// </summary>
internal sealed class PairLearner
{
    private readonly List<int[]> _words = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<long, long> _pairs = [];
    private readonly Dictionary<long, List<int>> _places = [];
    private readonly PriorityQueue<long, (long MinusCount, long Pair)> _heap = new();
    private readonly HashSet<long> _changed = [];
    private readonly List<int> _seen = [];
    private int _merges;

    public PairLearner(IEnumerable<(int[] Symbols, long Count)> words)
    {
        foreach (var (word, count) in words)
        {
            _words.Add(word);
            _counts.Add(count);
            _seen.Add(0);
            Count(_words.Count - 1, count, isNew: true);
        }
        Push();
    }

    /// <summary>The words that a merge looked at, summed over all merges: the work done.</summary>
    public long Work { get; private set; }

    /// <summary>The pair to merge next, or null where none occurs so often.</summary>
    public (int Left, int Right)? Best(long minimumFrequency)
    {
        while (_heap.TryPeek(out var pair, out var order))
        {
            if (_pairs.GetValueOrDefault(pair) == -order.MinusCount)
                return -order.MinusCount >= Math.Max(1, minimumFrequency) ? ((int)(pair >> 32), (int)pair) : null;
            _heap.Dequeue();
        }
        return null;
    }

    /// <summary>Replaces a pair by one symbol in all words.</summary>
    public void Merge(int left, int right, int merged)
    {
        _merges++;
        var key = Key(left, right);
        if (!_places.Remove(key, out var places))
            return;
        foreach (var word in places)
        {
            // A place may stand twice in the list, and may have lost the pair by another merge.
            if (_seen[word] == _merges)
                continue;
            _seen[word] = _merges;
            Work++;
            var after = Replace(_words[word], left, right, merged);
            if (after.Length == _words[word].Length)
                continue;
            Count(word, -_counts[word], isNew: false);
            _words[word] = after;
            Count(word, _counts[word], isNew: true);
        }
        _pairs.Remove(key);
        _changed.Remove(key);
        Push();
    }

    private static int[] Replace(int[] word, int left, int right, int merged)
    {
        var result = new List<int>(word.Length);
        for (var i = 0; i < word.Length; i++)
        {
            if (i + 1 < word.Length && word[i] == left && word[i + 1] == right)
            {
                result.Add(merged);
                i++;
            }
            else
            {
                result.Add(word[i]);
            }
        }
        return [.. result];
    }

    private void Count(int word, long change, bool isNew)
    {
        var symbols = _words[word];
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            var key = Key(symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out _) += change;
            _changed.Add(key);
            if (!isNew)
                continue;
            ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out _);
            places ??= [];
            if (places.Count == 0 || places[^1] != word)
                places.Add(word);
        }
    }

    private void Push()
    {
        foreach (var key in _changed)
            if (_pairs.TryGetValue(key, out var count) && count > 0)
                _heap.Enqueue(key, (-count, key));
            else
                _pairs.Remove(key);
        _changed.Clear();
    }

    private static long Key(int left, int right) => (long)left << 32 | (uint)right;
}
