using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// PLaMo 2's model: of all divisions the one with the largest sum of scores, which are whole ten-thousandths, found from the end of the
/// text; of equal sums the one whose first token is longest. A character that no token covers costs 1,000 and is written as its bytes.
/// </summary>
internal sealed class PlamoModel : TokenModel
{
    private const long UnknownCost = 10_000_000;
    private const int ByteOrderMark = 0xFEFF;

    private readonly RuneTrie _trie = new();
    private readonly long[] _costs;
    private readonly ByteTokens _bytes;

    public PlamoModel(Vocabulary vocabulary, IReadOnlyList<Piece> pieces) : base(vocabulary)
    {
        _bytes = new ByteTokens(vocabulary);
        if (!_bytes.IsComplete)
            throw new AttuneException("The vocabulary lacks some of the 256 tokens <0x00> to <0xFF>, which its tokenizer 'plamo2' needs; use another conversion of the model.");
        _costs = [.. pieces.Select(p => -(long)MathF.Round(p.Score * 1e4f, MidpointRounding.AwayFromZero))];
        for (var id = 0; id < pieces.Count; id++)
            if (pieces[id].Type != PieceType.Byte && pieces[id].Text.Length > 0)
                _trie.Insert(RunePattern.RunesOf(pieces[id].Text), id);
    }

    public override void Tokenize(AlignedSpan piece, TokenSink sink)
    {
        var runes = piece.Runes;
        var at = runes.Length > 0 && runes[0] == ByteOrderMark ? 1 : 0;
        var best = Best(runes);
        while (at < runes.Length)
        {
            var (id, length) = best[at];
            if (id >= 0)
                sink.Add(id, piece, at, at + length);
            else
                foreach (var value in _bytes.Of(runes[at])!)
                    sink.Add(value, piece, at, at + 1);
            at += length;
        }
    }

    /// <summary>For each place the first token of the best division from there to the end (−1: bytes), and its length.</summary>
    private (int Id, int Length)[] Best(ReadOnlySpan<int> runes)
    {
        var best = new (int Id, int Length)[runes.Length];
        var costs = new long[runes.Length + 1];
        for (var at = runes.Length - 1; at >= 0; at--)
        {
            (best[at], costs[at]) = ((-1, 1), costs[at + 1] + UnknownCost);
            var node = 0;
            for (var end = at; end < runes.Length && (node = _trie.Step(node, runes[end])) >= 0; end++)
            {
                var id = _trie.ValueAt(node);
                // Longer tokens come later here, and win where the sums are equal.
                if (id >= 0 && _costs[id] < 2 * UnknownCost && costs[end + 1] + _costs[id] <= costs[at])
                    (best[at], costs[at]) = ((id, end - at + 1), costs[end + 1] + _costs[id]);
            }
        }
        return best;
    }
}
