using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// The pairs of symbols that make a piece, ranked by its score. Symbols are pieces, and above their ids the single characters that
/// occur in pieces without being one.
/// </summary>
internal sealed class ScoredMerges
{
    private readonly Dictionary<string, int> _symbols;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly IReadOnlyList<Piece> _pieces;

    public ScoredMerges(IReadOnlyList<Piece> pieces)
    {
        _pieces = pieces;
        _symbols = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        _lookup = _symbols.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var i = 0; i < pieces.Count; i++)
            if (pieces[i].IsText)
                _symbols.TryAdd(pieces[i].Text, i);
        AddCharacters();
        Pairs = FindPairs();
    }

    public PairTable Pairs { get; }

    /// <summary>The symbol of a character, or −1 where no piece holds it.</summary>
    public int SymbolOf(int rune)
    {
        Span<char> text = stackalloc char[2];
        return _lookup.TryGetValue(text[..new Rune(rune).EncodeToUtf16(text)], out var id) ? id : -1;
    }

    /// <summary>The code points of a symbol.</summary>
    public int LengthOf(int symbol) => symbol < _pieces.Count ? RuneCount(_pieces[symbol].Text) : 1;

    private void AddCharacters()
    {
        Span<char> text = stackalloc char[2];
        var next = _pieces.Count;
        foreach (var piece in _pieces.Where(p => p.IsText))
            foreach (var rune in piece.Text.EnumerateRunes())
                if (_lookup.TryAdd(text[..rune.EncodeToUtf16(text)], next))
                    next++;
    }

    private PairTable FindPairs()
    {
        var ranks = Ranks();
        var found = new List<(int Left, int Right, int Id)>();
        for (var id = 0; id < _pieces.Count; id++)
        {
            var (text, _, type) = _pieces[id];
            if (!_pieces[id].IsText || _symbols[text] != id)
                continue;
            if (text.Length > RuneTrie.LongestText)
                throw new AttuneException($"The vocabulary holds a piece of {text.Length} characters, but at most {RuneTrie.LongestText} can be merged; mend the tokenizer's file.");
            for (var cut = 1; cut < text.Length; cut++)
                if (_lookup.TryGetValue(text.AsSpan(0, cut), out var left) && _lookup.TryGetValue(text.AsSpan(cut), out var right))
                    found.Add((left, right, id));
        }
        var table = new PairTable(found.Count);
        foreach (var (left, right, id) in found)
            table.Set(left, right, ranks[_pieces[id].Score], id);
        return table;
    }

    /// <summary>The place of each score among all, the best first; equal scores share a place.</summary>
    private Dictionary<float, int> Ranks() =>
        _pieces.Select(p => p.Score).Distinct().OrderDescending().Select((score, rank) => (score, rank)).ToDictionary(p => p.score, p => p.rank);

    private static int RuneCount(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
