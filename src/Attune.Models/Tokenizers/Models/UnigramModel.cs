using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Unigram (Kudo 2018): of all divisions of a piece the one with the largest sum of scores, by Viterbi over a trie of the pieces. What no
/// piece covers is unknown, scored 10 below the worst piece; neighbouring unknowns are one token, or bytes where the vocabulary has them.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;

    private readonly double[] _scores;
    private readonly int? _unknown;
    private readonly double _unknownScore;
    private readonly int[]? _byteTokens;
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _ends = [-1];

    public UnigramModel(Vocabulary vocabulary, double[] scores, int? unknown, bool byteFallback) : base(vocabulary)
    {
        if (unknown is { } id && (uint)id >= (uint)scores.Length)
            throw new AttuneException($"The Unigram model's unk_id is {id}, but it has {scores.Length} pieces; mend the tokenizer's file.");
        _scores = scores;
        _unknown = unknown;
        _unknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
        _byteTokens = byteFallback ? ByteTokens(vocabulary) : null;
        for (var i = 0; i < scores.Length; i++)
            if (vocabulary[i] is { Length: > 0 } piece)
                Insert(RunePattern.RunesOf(piece), i);
    }

    public override int? UnknownId => _unknown;

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        if (piece.Count == 0)
            return;
        var path = BestPath(piece.Runes);
        for (var i = 0; i < path.Count; i++)
        {
            var (id, start, end) = path[i];
            if (id >= 0)
            {
                sink.Add(id, piece, start, end);
                continue;
            }
            while (i + 1 < path.Count && path[i + 1].Id < 0)
                end = path[++i].End;
            AddUnknown(piece, start, end, sink);
        }
    }

    private void AddUnknown(AlignedSpan piece, int start, int end, TokenSink sink)
    {
        if (_byteTokens is not null && Bytes(piece.Slice(start, end - start)) is { } bytes)
            foreach (var (id, at) in bytes)
                sink.Add(id, piece, start + at, start + at + 1);
        else
            sink.Add(_unknown ?? throw new AttuneException(
                $"'{RegexParser.Shorten(piece.ToText())}' holds a character that the vocabulary lacks, and it has no unknown token; mend the tokenizer's file."), piece, start, end);
    }

    private List<(int Id, int Start, int End)> BestPath(ReadOnlySpan<int> runes)
    {
        var best = new double[runes.Length + 1];
        var from = new (int Start, int Id)[runes.Length + 1];
        Array.Fill(best, double.NegativeInfinity, 1, runes.Length);
        for (var start = 0; start < runes.Length; start++)
        {
            var single = false;
            var node = 0;
            for (var end = start; end < runes.Length && _edges.TryGetValue(Edge(node, runes[end]), out node); end++)
            {
                if (_ends[node] is not (>= 0 and var id))
                    continue;
                single |= end == start;
                Offer(start, end + 1, id, _scores[id]);
            }
            if (!single)
                Offer(start, start + 1, -1, _unknownScore);
        }
        var path = new List<(int, int, int)>();
        for (var end = runes.Length; end > 0; end = from[end].Start)
            path.Add((from[end].Id, from[end].Start, end));
        path.Reverse();
        return path;

        void Offer(int start, int end, int id, double score)
        {
            if (best[start] + score <= best[end])
                return;
            best[end] = best[start] + score;
            // The unknown piece itself, found in text, is unknown.
            from[end] = (start, id == _unknown ? -1 : id);
        }
    }

    private List<(int Id, int At)>? Bytes(AlignedSpan text)
    {
        var result = new List<(int, int)>();
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Count; i++)
        {
            foreach (var value in utf8[..new Rune(text.Runes[i]).EncodeToUtf8(utf8)])
            {
                if (_byteTokens![value] < 0)
                    return null;
                result.Add((_byteTokens[value], i));
            }
        }
        return result;
    }

    private static int[] ByteTokens(Vocabulary vocabulary) => Enumerable.Range(0, 256)
        .Select(b => vocabulary.IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>")) ?? -1).ToArray();

    private void Insert(int[] runes, int id)
    {
        var node = 0;
        foreach (var rune in runes)
        {
            if (!_edges.TryGetValue(Edge(node, rune), out var next))
            {
                next = _ends.Count;
                _ends.Add(-1);
                _edges[Edge(node, rune)] = next;
            }
            node = next;
        }
        if (_ends[node] < 0)
            _ends[node] = id;
    }

    private static long Edge(int node, int rune) => (long)node << 21 | (long)rune;
}
