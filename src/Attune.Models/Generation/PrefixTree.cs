namespace Attune.Models.Generation;

/// <summary>
/// A radix tree over cached pages: what any two sequences share from their first token on is computed once. An edge is a page of
/// up to 16 tokens; a sequence that leaves a page in its middle gets a copy of the part that it shares. The leaves used longest ago
/// go first when memory is short.
/// </summary>
internal sealed class PrefixTree(KvPagePool pool) : SequenceCache
{
    private readonly Dictionary<string, Node> roots = [];
    private long clock;

    public KvLayout Layout => pool.Layout;

    public override int Capacity => pool.Capacity;

    /// <summary>A tree with pages of its own.</summary>
    public static PrefixTree Create(KvLayout layout, long limitBytes)
    {
        var pool = new KvPagePool(layout, limitBytes);
        var tree = new PrefixTree(pool);
        pool.Evict = tree.EvictOne;
        return tree;
    }

    public override CachedSequence Begin() => new PagedSequence(pool);

    public override CachedSequence Find(string stateKey, ReadOnlySpan<int> tokens, int limit)
    {
        var sequence = new PagedSequence(pool);
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

    public override void Insert(string stateKey, ReadOnlySpan<int> tokens, CachedSequence sequence)
    {
        var pages = ((PagedSequence)sequence).Pages;
        if (!roots.TryGetValue(stateKey, out var node))
            roots[stateKey] = node = new Node(null, [], null);
        for (var i = 0; i < pages.Count && tokens.Length > 0; i++)
        {
            var run = tokens[..Math.Min(KvLayout.PageTokens, tokens.Length)];
            var match = node.Longest(run);
            if (match.Shared < run.Length)
            {
                // A begun page that this one continues is replaced; its sequence keeps its own copy.
                if (match.Child is { } begun && match.Shared == begun.Tokens.Length)
                    Remove(begun);
                KvPagePool.Share(pages[i]);
                var child = new Node(node, run.ToArray(), pages[i]);
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

    public override long GiveUp(long bytes) => pool.GiveUp(bytes);

    public override void Trim() => pool.Trim();

    public override Lock.Scope Enter() => pool.Enter();

    public override void Forget(string stateKey)
    {
        foreach (var key in roots.Keys.Where(k => SequenceLength.IsOf(k, stateKey)).ToArray())
            if (roots.Remove(key, out var root))
                foreach (var child in root.Children)
                    Release(child);
    }

    public override void Dispose()
    {
        foreach (var key in roots.Keys.ToArray())
            Forget(key);
        pool.Dispose();
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
