namespace Attune.Models.Tokenizers;

/// <summary>All divisions of a word into pieces, at once: expected counts, and the best division. For one thread.</summary>
internal sealed class PieceLattice(RuneTrie trie, double[] scores)
{
    private readonly List<(int Start, int End, int Piece)> _edges = [];
    private double[] _before = [], _behind = [];

    /// <summary>Adds to each piece how often it is expected in so many of the word, and tells the logarithm of the word's probability.</summary>
    public double Expect(int[] word, long count, double[] expected)
    {
        Find(word, without: -1);
        Fill(ref _before, word.Length);
        Fill(ref _behind, word.Length);
        _before[0] = _behind[word.Length] = 0;
        // Edges are in the order of their starts; backwards, those that end last must come first, and starts do for that.
        foreach (var (start, end, piece) in _edges)
            _before[end] = LogAdd(_before[end], _before[start] + scores[piece]);
        for (var i = _edges.Count - 1; i >= 0; i--)
        {
            var (start, end, piece) = _edges[i];
            _behind[start] = LogAdd(_behind[start], _behind[end] + scores[piece]);
        }
        var all = _before[word.Length];
        foreach (var (start, end, piece) in _edges)
            expected[piece] += count * Math.Exp(_before[start] + scores[piece] + _behind[end] - all);
        return all;
    }

    /// <summary>The pieces of the best division; without one piece where asked. Empty where there is none.</summary>
    public List<int> Best(int[] word, int without = -1)
    {
        Find(word, without);
        Fill(ref _before, word.Length);
        _before[0] = 0;
        var last = new (int Start, int Piece)[word.Length + 1];
        foreach (var (start, end, piece) in _edges)
        {
            if (_before[start] + scores[piece] <= _before[end])
                continue;
            _before[end] = _before[start] + scores[piece];
            last[end] = (start, piece);
        }
        var result = new List<int>();
        if (double.IsNegativeInfinity(_before[word.Length]))
            return result;
        for (var end = word.Length; end > 0; end = last[end].Start)
            result.Add(last[end].Piece);
        result.Reverse();
        return result;
    }

    private void Find(int[] word, int without)
    {
        _edges.Clear();
        for (var start = 0; start < word.Length; start++)
        {
            var node = 0;
            for (var end = start; end < word.Length && (node = trie.Step(node, word[end])) >= 0; end++)
                if (trie.ValueAt(node) is >= 0 and var piece && piece != without)
                    _edges.Add((start, end + 1, piece));
        }
    }

    private static void Fill(ref double[] values, int length)
    {
        if (values.Length <= length)
            values = new double[length + 1];
        Array.Fill(values, double.NegativeInfinity, 0, length + 1);
    }

    private static double LogAdd(double a, double b)
    {
        if (double.IsNegativeInfinity(a))
            return b;
        var (low, high) = a < b ? (a, b) : (b, a);
        return high + Math.Log(1 + Math.Exp(low - high));
    }
}
