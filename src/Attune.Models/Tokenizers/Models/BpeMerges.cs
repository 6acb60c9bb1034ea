using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>The merge rules of a byte-pair model by pair of ids, and their application.</summary>
internal static class BpeMerges
{
    public static Dictionary<long, BpeModel.Merge> Resolve(
        Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, string continuingPrefix)
    {
        var result = new Dictionary<long, BpeModel.Merge>(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var tail = continuingPrefix.Length > 0 && right.StartsWith(continuingPrefix, StringComparison.Ordinal)
                ? right[continuingPrefix.Length..]
                : right;
            result[Key(Id(left), Id(right))] = new BpeModel.Merge(rank, Id(left + tail));
        }
        return result;

        int Id(string token) => vocabulary.IdOf(token) ?? throw new AttuneException(
            $"A merge needs the token '{token}', which the vocabulary lacks; vocabulary and merges must come from the same training.");
    }

    private static long Key(int left, int right) => (long)left << 32 | (uint)right;

    /// <summary>Merges the symbols of one piece. A linked list of symbols, and a heap of pairs by rank, then place.</summary>
    public static (int Id, int Start, int End)[] Apply(Dictionary<long, BpeModel.Merge> merges, List<(int Id, int Start, int End)> symbols)
    {
        var count = symbols.Count;
        if (count < 2)
            return [.. symbols];
        var previous = new int[count];
        var next = new int[count];
        var removed = new bool[count];
        var heap = new PriorityQueue<(int Place, int Id), long>();
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
            if (removed[place] || right < 0 || !merges.TryGetValue(Key(symbols[place].Id, symbols[right].Id), out var merge) || merge.Id != id)
                continue;
            symbols[place] = (id, symbols[place].Start, symbols[right].End);
            removed[right] = true;
            next[place] = next[right];
            if (next[right] >= 0)
                previous[next[right]] = place;
            if (previous[place] >= 0)
                Push(previous[place]);
            Push(place);
        }
        return symbols.Where((_, i) => !removed[i]).ToArray();

        void Push(int place)
        {
            if (next[place] >= 0 && merges.TryGetValue(Key(symbols[place].Id, symbols[next[place]].Id), out var merge))
                heap.Enqueue((place, merge.Id), (long)merge.Rank << 32 | (uint)place);
        }
    }
}
