namespace Attune.Models.Generation;

/// <summary>
/// A radix tree over cached pages: what any two sequences share from their first token on is computed once. An edge is a page of
/// up to 16 tokens; a sequence that leaves a page in its middle gets a copy of the part that it shares. The leaves used longest ago
/// go first when memory is short.
/// </summary>
internal sealed class PrefixTree(KvPagePool pool) : IDisposable
{
    private readonly Dictionary<string, Node> roots = [];
    private long clock;

    public KvLayout Layout => pool.Layout;

    /// <summary>Pages that the memory limit allows.</summary>
    public int Capacity => pool.Capacity;

    /// <summary>An empty sequence.</summary>
    public CachedSequence Begin() => new(pool);

    /// <summary>
    /// A sequence that holds the longest cached prefix of <paramref name="tokens"/>, at most <paramref name="limit"/> tokens of it.
    /// </summary>
    /// <param name="stateKey">Sets of interventions that change hidden states have trees of their own.</param>
    public CachedSequence Find(string stateKey, ReadOnlySpan<int> tokens, int limit)
    {
        var sequence = new CachedSequence(pool);
        if (!roots.TryGetValue(stateKey, out var node))
            return sequence;
        var left = tokens[..Math.Min(limit, tokens.Length)];
        while (left.Length > 0 && node.Longest(left) is { Shared: > 0 } match)
        {
            node = match.Child;
            node.LastUse = ++clock;
            if (match.Shared < KvLayout.PageTokens)
            {
                sequence.AppendCopyOrDispose(node.Page!, match.Shared);
                break;
            }
            sequence.AppendShared(node.Page!);
            left = left[match.Shared..];
        }
        return sequence;
    }

    /// <summary>Keeps the pages of a computed sequence for later ones.</summary>
    public void Insert(string stateKey, ReadOnlySpan<int> tokens, CachedSequence sequence)
    {
        if (!roots.TryGetValue(stateKey, out var node))
            roots[stateKey] = node = new Node(null, [], null);
        for (var i = 0; i < sequence.Pages.Count && tokens.Length > 0; i++)
        {
            var run = tokens[..Math.Min(KvLayout.PageTokens, tokens.Length)];
            var match = node.Longest(run);
            if (match.Shared < run.Length)
            {
                // A begun page that this one continues is replaced; its sequence keeps its own copy.
                if (match.Child is { } begun && match.Shared == begun.Tokens.Length)
                    Remove(begun);
                KvPagePool.Share(sequence.Pages[i]);
                var child = new Node(node, run.ToArray(), sequence.Pages[i]);
                node.Children.Add(child);
                node = child;
            }
            else
                node = match.Child!;
            node.LastUse = ++clock;
            if (run.Length < KvLayout.PageTokens)
                break;
            tokens = tokens[run.Length..];
        }
    }

    /// <summary>Gives up the leaf used longest ago whose page nobody else holds; false if there is none.</summary>
    public bool EvictOne()
    {
        Node? oldest = null;
        foreach (var root in roots.Values)
            Visit(root, ref oldest);
        if (oldest is null)
            return false;
        Remove(oldest);
        return true;
    }

    /// <summary>Gives about <paramref name="bytes"/> back to the system, what was used longest ago first; answers how many.</summary>
    public long GiveUp(long bytes) => pool.GiveUp(bytes);

    /// <summary>Forgets everything cached under <paramref name="stateKey"/>.</summary>
    public void Forget(string stateKey)
    {
        if (!roots.Remove(stateKey, out var root))
            return;
        foreach (var child in root.Children)
            Release(child);
    }

    public void Dispose()
    {
        foreach (var key in roots.Keys.ToArray())
            Forget(key);
    }

    private static void Visit(Node node, ref Node? oldest)
    {
        var stack = new Stack<Node>([node]);
        while (stack.TryPop(out var n))
        {
            if (n.Children.Count == 0 && n.Page is { Users: 1 } && (oldest is null || n.LastUse < oldest.LastUse))
                oldest = n;
            foreach (var child in n.Children)
                stack.Push(child);
        }
    }

    private void Remove(Node node)
    {
        node.Parent!.Children.Remove(node);
        Release(node);
    }

    private void Release(Node top)
    {
        var stack = new Stack<Node>([top]);
        while (stack.TryPop(out var node))
        {
            pool.Release(node.Page!);
            foreach (var child in node.Children)
                stack.Push(child);
        }
    }

    private sealed class Node(Node? parent, int[] tokens, KvPage? page)
    {
        public Node? Parent { get; } = parent;
        public int[] Tokens { get; } = tokens;
        public KvPage? Page { get; } = page;
        public List<Node> Children { get; } = [];
        public long LastUse { get; set; }

        /// <summary>The child that shares most first tokens, and how many.</summary>
        public (Node Child, int Shared) Longest(ReadOnlySpan<int> tokens)
        {
            (Node Child, int Shared) best = default;
            foreach (var child in Children)
            {
                var shared = tokens.CommonPrefixLength(child.Tokens);
                if (shared > best.Shared)
                    best = (child, shared);
            }
            return best;
        }
    }
}
