namespace Attune.Models.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost, of those the longest.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly HashSet<int> _firsts = [];

    public AddedTokenMatcher(IEnumerable<(int[] Content, AddedToken Token)> tokens)
    {
        foreach (var (content, token) in tokens)
            if (content.Length > 0)
                Insert(content, token);
    }

    /// <summary>The stretches of a text in order, each with its added token, or null for text between them.</summary>
    public List<(AlignedSpan Span, AddedToken? Token)> Split(AlignedSpan text, bool parseSpecial)
    {
        var result = new List<(AlignedSpan, AddedToken?)>();
        var runes = text.Runes;
        var done = 0;
        for (var at = 0; at < runes.Length && _firsts.Count > 0;)
        {
            var token = LongestAt(runes, at, out var length);
            if (token is null)
            {
                at++;
                continue;
            }
            var start = at;
            var end = at + length;
            at = end;
            // A match that does not count still hides what begins inside it, as in the reference.
            if (token.Special && !parseSpecial || token.SingleWord && !StandsAlone(runes, start, end))
                continue;
            (start, end) = Widen(token, runes, start, end, done);
            if (start > done)
                result.Add((text.Slice(done, start - done), null));
            result.Add((text.Slice(start, end - start), token));
            done = end;
        }
        if (done < runes.Length)
            result.Add((text.Slice(done, runes.Length - done), null));
        return result;
    }

    private static (int Start, int End) Widen(AddedToken token, ReadOnlySpan<int> runes, int start, int end, int done)
    {
        while (token.StripsLeft && start > done && UnicodeClass.IsWhiteSpace(runes[start - 1]))
            start--;
        while (token.StripsRight && end < runes.Length && UnicodeClass.IsWhiteSpace(runes[end]))
            end++;
        return (start, end);
    }

    private static bool StandsAlone(ReadOnlySpan<int> runes, int start, int end) =>
        (start == 0 || !UnicodeClass.IsWord(runes[start - 1])) && (end == runes.Length || !UnicodeClass.IsWord(runes[end]));

    private AddedToken? LongestAt(ReadOnlySpan<int> runes, int at, out int length)
    {
        length = 0;
        AddedToken? best = null;
        if (!_firsts.Contains(runes[at]))
            return null;
        var node = 0;
        for (var i = at; i < runes.Length && _edges.TryGetValue(Edge(node, runes[i]), out node); i++)
        {
            if (_ends[node] is { } token)
            {
                best = token;
                length = i - at + 1;
            }
        }
        return best;
    }

    private void Insert(int[] content, AddedToken token)
    {
        _firsts.Add(content[0]);
        var node = 0;
        foreach (var rune in content)
        {
            if (!_edges.TryGetValue(Edge(node, rune), out var next))
            {
                next = _ends.Count;
                _ends.Add(null);
                _edges[Edge(node, rune)] = next;
            }
            node = next;
        }
        _ends[node] ??= token;
    }

    private static long Edge(int node, int rune) => (long)node << 21 | (long)rune;
}
