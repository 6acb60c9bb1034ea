using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Texts by their beginnings, code point by code point: one open table of (node, code point) → node. A walk is as long as the longest
/// text, which is bounded, so that searching from every place of a text stays linear.
/// </summary>
internal sealed class RuneTrie
{
    /// <summary>More code points than any piece of a vocabulary has.</summary>
    public const int LongestText = 1024;

    private long[] _keys = new long[64];
    private int[] _next = new int[64];
    private int[] _values = [-1];
    private int _shift = 64 - 6;
    private int _nodes = 1;

    /// <summary>The code points of the longest text.</summary>
    public int Depth { get; private set; }

    public bool IsEmpty => _nodes == 1;

    /// <summary>The node after a code point, or −1. The root is 0.</summary>
    public int Step(int node, int rune)
    {
        var key = Key(node, rune);
        for (var slot = Slot(key); ; slot = slot + 1 & _keys.Length - 1)
        {
            if (_keys[slot] == key)
                return _next[slot];
            if (_keys[slot] == 0)
                return -1;
        }
    }

    /// <summary>The value of the text that ends at a node, or −1.</summary>
    public int ValueAt(int node) => _values[node];

    /// <summary>Adds a text with a value of 0 or more. Where it is there already, the first value stays.</summary>
    public void Insert(ReadOnlySpan<int> text, int value)
    {
        if (text.Length > LongestText)
            throw new AttuneException($"The vocabulary holds a piece of {text.Length} characters, but at most {LongestText} can be searched; mend the tokenizer's file.");
        var node = 0;
        foreach (var rune in text)
        {
            var next = Step(node, rune);
            node = next >= 0 ? next : Append(node, rune);
        }
        if (_values[node] < 0)
            _values[node] = value;
        Depth = Math.Max(Depth, text.Length);
    }

    /// <summary>The value of the longest text that begins at a place, and its length; −1 where none does.</summary>
    public int Longest(ReadOnlySpan<int> text, int at, out int length)
    {
        length = 0;
        var found = -1;
        var node = 0;
        for (var i = at; i < text.Length && (node = Step(node, text[i])) >= 0; i++)
        {
            if (_values[node] < 0)
                continue;
            found = _values[node];
            length = i - at + 1;
        }
        return found;
    }

    private int Append(int node, int rune)
    {
        if (_nodes * 2 > _keys.Length)
            Grow();
        if (_nodes == _values.Length)
        {
            Array.Resize(ref _values, _nodes * 2);
            Array.Fill(_values, -1, _nodes, _nodes);
        }
        Put(Key(node, rune), _nodes);
        return _nodes++;
    }

    private void Grow()
    {
        var (keys, next) = (_keys, _next);
        _keys = new long[keys.Length * 2];
        _next = new int[keys.Length * 2];
        _shift--;
        for (var i = 0; i < keys.Length; i++)
            if (keys[i] != 0)
                Put(keys[i], next[i]);
    }

    private void Put(long key, int node)
    {
        var slot = Slot(key);
        while (_keys[slot] != 0)
            slot = slot + 1 & _keys.Length - 1;
        _keys[slot] = key;
        _next[slot] = node;
    }

    // Never 0, which marks a free slot.
    private static long Key(int node, int rune) => ((long)node << 21 | (long)rune) + 1;

    private int Slot(long key) => (int)((ulong)key * 0x9E3779B97F4A7C15 >> _shift);
}
