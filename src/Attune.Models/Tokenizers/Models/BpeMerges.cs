using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>A part of a piece: a token, and the code points [Start, End) that it covers.</summary>
internal readonly record struct Symbol(int Id, int Start, int End);

/// <summary>The merge rules of a byte-pair model by pair of ids, and their application.</summary>
internal static class BpeMerges
{
    public static PairTable Resolve(Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, string continuingPrefix)
    {
        var result = new PairTable(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var tail = continuingPrefix.Length > 0 && right.StartsWith(continuingPrefix, StringComparison.Ordinal)
                ? right[continuingPrefix.Length..]
                : right;
            result.Set(Id(left), Id(right), rank, Id(left + tail));
        }
        return result;

        int Id(string token) => vocabulary.IdOf(token) ?? throw new AttuneException(
            $"A merge needs the token '{token}', which the vocabulary lacks; vocabulary and merges must come from the same training.");
    }

    /// <summary>
    /// Merges the symbols of one piece: the pair with the lowest rank first, of equal ranks the leftmost, until none is left. A linked
    /// list of symbols, and a heap of pairs by rank, then place: n·log n.
    /// </summary>
    /// <param name="onPair">Told of every pair that could be merged, when it comes about: the merged id and the two that make it.</param>
    /// <returns>How many pairs were looked at, which is the work done.</returns>
    public static int Apply(PairTable merges, List<Symbol> symbols, Action<int, int, int>? onPair = null)
    {
        var count = symbols.Count;
        if (count < 2)
            return 0;
        var previous = new int[count];
        var next = new int[count];
        var removed = new bool[count];
        var heap = new PriorityQueue<(int Place, int Id), long>();
        var work = 0;
        for (var i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
            Push(i);
        }
        while (heap.TryDequeue(out var top, out _))
        {
            var (place, id) = top;
            var right = next[place];
            // A pair that changed since it was pushed is out of date.
            if (removed[place] || right < 0 || !merges.TryGet(symbols[place].Id, symbols[right].Id, out _, out var merged) || merged != id)
                continue;
            symbols[place] = new Symbol(id, symbols[place].Start, symbols[right].End);
            removed[right] = true;
            next[place] = next[right];
            if (next[right] >= 0)
                previous[next[right]] = place;
            if (previous[place] >= 0)
                Push(previous[place]);
            Push(place);
        }
        Compact(symbols, removed);
        return work;

        void Push(int place)
        {
            work++;
            if (next[place] < 0 || !merges.TryGet(symbols[place].Id, symbols[next[place]].Id, out var rank, out var id))
                return;
            heap.Enqueue((place, id), (long)rank << 32 | (uint)place);
            onPair?.Invoke(id, symbols[place].Id, symbols[next[place]].Id);
        }
    }

    private static void Compact(List<Symbol> symbols, bool[] removed)
    {
        var kept = 0;
        for (var i = 0; i < removed.Length; i++)
            if (!removed[i])
                symbols[kept++] = symbols[i];
        symbols.RemoveRange(kept, symbols.Count - kept);
    }
}
