namespace Attune.Models.Generation;

/// <summary>
/// The sequences of one group of requests as a tree whose edges are runs of tokens: what sequences share stands once.
/// Built level by level, so that a level can be computed in one forward pass when the one above it is done.
/// </summary>
internal static class TokenTrie
{
    internal sealed class Edge(Edge? parent, int start, int end, int[] tokens)
    {
        public Edge? Parent { get; } = parent;

        /// <summary>The run is tokens[Start..End) of a sequence that passes through it.</summary>
        public int Start { get; } = start;

        public int End { get; } = end;
        public int[] Tokens { get; } = tokens;

        /// <summary>What is wanted of the scores behind token position p: (position, next token, where the answer goes).</summary>
        public List<(int Position, int Next, int Request, int Continuation, int Index)> Wanted { get; } = [];

        /// <summary>Length of the whole sequences that pass through the run, as <see cref="SequenceLength"/> counts it.</summary>
        public int Whole { get; init; }

        /// <summary>Cached keys and values up to End, once computed.</summary>
        public CachedSequence? Cache { get; set; }

        /// <summary>Edges of the next level that still need the cache.</summary>
        public int OpenChildren { get; set; }

        /// <summary>Whether a prompt ends on or behind this edge: only those are kept for later requests.</summary>
        public bool InPrompt { get; set; }
    }

    /// <param name="Whole">All sequences of a tree have the same.</param>
    internal readonly record struct Sequence(int[] Tokens, int PromptLength, int Request, int Continuation, int[] Target, int Whole = 0);

    /// <summary>The levels of the tree over <paramref name="sequences"/>, which are sorted by <see cref="Compare"/>.</summary>
    public static List<List<Edge>> Build(IReadOnlyList<Sequence> sequences)
    {
        var levels = new List<List<Edge>>();
        var open = new List<(int Low, int High, Edge? Parent)>();
        foreach (var (low, high) in Runs(sequences, 0, sequences.Count, 0))
            open.Add((low, high, null));
        while (open.Count > 0)
        {
            var level = new List<Edge>();
            var next = new List<(int, int, Edge?)>();
            foreach (var (low, high, parent) in open)
                level.Add(Grow(sequences, low, high, parent, next));
            levels.Add(level);
            open = next;
        }
        return levels;
    }

    public static int Compare(Sequence a, Sequence b) => a.Whole != b.Whole ? a.Whole.CompareTo(b.Whole) : a.Tokens.AsSpan().SequenceCompareTo(b.Tokens);

    private static Edge Grow(IReadOnlyList<Sequence> sequences, int low, int high, Edge? parent, List<(int, int, Edge?)> next)
    {
        var start = parent?.End ?? 0;
        var first = sequences[low].Tokens;
        var end = start + first.AsSpan(start).CommonPrefixLength(sequences[high - 1].Tokens.AsSpan(start));
        var edge = new Edge(parent, start, end, first) { Whole = sequences[low].Whole };
        if (parent is not null)
            parent.OpenChildren++;
        for (var i = low; i < high; i++)
            AddWanted(edge, sequences[i]);
        // Sequences that end here come first in the order; the others go on.
        while (low < high && sequences[low].Tokens.Length == end)
            low++;
        foreach (var (a, b) in Runs(sequences, low, high, end))
            next.Add((a, b, edge));
        return edge;
    }

    private static void AddWanted(Edge edge, Sequence s)
    {
        if (edge.Start < s.PromptLength)
            edge.InPrompt = true;
        for (var i = 0; i < s.Target.Length; i++)
        {
            var position = s.PromptLength - 1 + i;
            if (position >= edge.Start && position < edge.End)
                edge.Wanted.Add((position, s.Target[i], s.Request, s.Continuation, i));
        }
    }

    /// <summary>Maximal runs in [low, high) that have the same token at <paramref name="depth"/>.</summary>
    private static IEnumerable<(int Low, int High)> Runs(IReadOnlyList<Sequence> sequences, int low, int high, int depth)
    {
        while (low < high)
        {
            var token = sequences[low].Tokens[depth];
            var end = low + 1;
            while (end < high && sequences[end].Tokens[depth] == token)
                end++;
            yield return (low, end);
            low = end;
        }
    }
}
