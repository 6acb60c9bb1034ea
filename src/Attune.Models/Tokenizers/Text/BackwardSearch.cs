namespace Attune.Models.Tokenizers;

/// <summary>
/// For every place of a text the longest of some texts that begins there, in one pass from the end (Aho and Corasick 1975, over the
/// reversed texts): linear whatever the texts are.
/// </summary>
internal sealed class BackwardSearch
{
    private readonly List<Dictionary<int, int>> _children = [[]];
    private readonly List<int> _value = [-1];
    private readonly IReadOnlyList<int[]> _texts;
    private readonly int[] _shorter;

    public BackwardSearch(IReadOnlyList<int[]> texts)
    {
        _texts = texts;
        for (var i = 0; i < texts.Count; i++)
            Insert(texts[i], i);
        _shorter = new int[_children.Count];
        LinkShorter();
    }

    public int LengthOf(int text) => _texts[text].Length;

    /// <summary>For each place the number of the longest text that begins there, or −1.</summary>
    public int[] LongestFrom(ReadOnlySpan<int> text)
    {
        var result = new int[text.Length];
        var node = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            node = Step(node, text[i]);
            result[i] = _value[node];
        }
        return result;
    }

    private int Step(int node, int rune)
    {
        int next;
        while (!_children[node].TryGetValue(rune, out next))
        {
            if (node == 0)
                return 0;
            node = _shorter[node];
        }
        return next;
    }

    private void Insert(int[] text, int number)
    {
        var node = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!_children[node].TryGetValue(text[i], out var next))
            {
                next = _children.Count;
                _children.Add([]);
                _value.Add(-1);
                _children[node][text[i]] = next;
            }
            node = next;
        }
        if (_value[node] < 0)
            _value[node] = number;
    }

    // Breadth first, so that the link of what is shorter is there already.
    private void LinkShorter()
    {
        var queue = new Queue<int>(_children[0].Values);
        while (queue.TryDequeue(out var node))
        {
            if (_value[node] < 0)
                _value[node] = _value[_shorter[node]];
            foreach (var (rune, child) in _children[node])
            {
                _shorter[child] = Step(_shorter[node], rune);
                queue.Enqueue(child);
            }
        }
    }
}
