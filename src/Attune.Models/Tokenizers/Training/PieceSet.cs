namespace Attune.Models.Tokenizers;

/// <summary>Pieces with the logarithms of their probabilities, and one step of fitting or pruning them.</summary>
internal sealed class PieceSet
{
    private readonly string[] _texts;
    private readonly int[][] _runes;
    private readonly double[] _scores;
    private readonly RuneTrie _trie = new();

    public PieceSet(string[] texts, double[] scores)
    {
        _texts = texts;
        _scores = scores;
        _runes = [.. texts.Select(RunePattern.RunesOf)];
        for (var i = 0; i < texts.Length; i++)
            _trie.Insert(_runes[i], i);
    }

    public int Count => _texts.Length;

    /// <summary>The pieces, the most probable first, of equal ones the ordinally first.</summary>
    public IEnumerable<(string Text, double Score)> ByScore() =>
        _texts.Zip(_scores).OrderByDescending(p => p.Second).ThenBy(p => p.First, StringComparer.Ordinal).Select(p => (p.First, p.Second));

    /// <summary>
    /// One step of expectation maximisation: each piece's probability becomes its expected share of all pieces, over all divisions of
    /// each word by their probability. The likelihood of the words never falls by it (Dempster, Laird and Rubin 1977).
    /// </summary>
    /// <returns>The logarithm of the words' likelihood before the step.</returns>
    public double Step(IReadOnlyList<(int[] Runes, long Count)> words)
    {
        var expected = new double[Count];
        var lattice = new PieceLattice(_trie, _scores);
        var likelihood = 0.0;
        foreach (var (runes, count) in words)
            likelihood += count * lattice.Expect(runes, count, expected);
        var all = expected.Sum();
        for (var i = 0; i < Count; i++)
            _scores[i] = expected[i] > 0 ? Math.Log(expected[i] / all) : double.NegativeInfinity;
        return likelihood;
    }

    /// <summary>The best pieces, after all single characters.</summary>
    public PieceSet Best(int wanted) => Keep(_scores, wanted);

    /// <summary>Keeps the pieces without which the best divisions of the words would lose most, and all single characters.</summary>
    public PieceSet Pruned(IReadOnlyList<(int[] Runes, long Count)> words, int wanted)
    {
        var lattice = new PieceLattice(_trie, _scores);
        var used = new long[Count];
        foreach (var (runes, count) in words)
            foreach (var piece in lattice.Best(runes))
                used[piece] += count;
        var losses = new double[Count];
        for (var i = 0; i < Count; i++)
            losses[i] = used[i] == 0 ? double.NegativeInfinity : used[i] * Loss(lattice, i);
        return Keep(losses, wanted);
    }

    // What one use of a piece loses when others have to stand for it; without bound where none can.
    private double Loss(PieceLattice lattice, int piece)
    {
        var others = lattice.Best(_runes[piece], without: piece);
        return others.Count == 0 ? double.PositiveInfinity : _scores[piece] - others.Sum(p => _scores[p]);
    }

    private PieceSet Keep(double[] worth, int wanted)
    {
        var singles = Enumerable.Range(0, Count).Where(i => _runes[i].Length == 1).ToList();
        var others = Enumerable.Range(0, Count).Where(i => _runes[i].Length > 1 && worth[i] > double.NegativeInfinity)
            .OrderByDescending(i => worth[i]).ThenBy(i => i).Take(Math.Max(0, wanted - singles.Count));
        var kept = singles.Concat(others).Order().ToList();
        // A character that is only used within pieces is given a small chance, so that it can be written alone.
        var least = kept.Where(i => double.IsFinite(_scores[i])).Select(i => _scores[i]).DefaultIfEmpty(0).Min();
        return new PieceSet([.. kept.Select(i => _texts[i])], [.. kept.Select(i => double.IsFinite(_scores[i]) ? _scores[i] : least - 1)]);
    }
}
