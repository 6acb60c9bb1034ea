using System.Buffers.Binary;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>SentencePiece's compiled rules: a double-array trie over UTF-8 whose leaves point to the replacements behind it.</summary>
internal sealed class CharsMap
{
    /// <summary>More bytes than any rule has; bounds the walk where a damaged trie has circles.</summary>
    private const int LongestRule = 64;

    private readonly uint[] _trie;
    private readonly byte[] _replacements;
    private readonly Dictionary<int, string> _texts = [];

    private CharsMap(uint[] trie, byte[] replacements)
    {
        _trie = trie;
        _replacements = replacements;
    }

    /// <summary>The rules of a blob: the trie's size in bytes (4 bytes), the trie, replacements with a NUL behind each.</summary>
    public static CharsMap Parse(ReadOnlySpan<byte> blob)
    {
        var size = blob.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size > blob.Length - 4 || size % 4 != 0 || size == 0)
            throw new AttuneException(
                $"The precompiled_charsmap of the tokenizer's file announces {size} bytes of trie but holds {Math.Max(0, blob.Length - 4)}; fetch the file again.");
        var trie = new uint[size / 4];
        for (var i = 0; i < trie.Length; i++)
            trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + 4 * i)..]);
        return new CharsMap(trie, blob[(4 + (int)size)..].ToArray()) { KeepsAscii = Enumerable.Range(' ', '~' - ' ' + 1).All(c => Keeps(trie, (byte)c)) };
    }

    private static bool Keeps(uint[] trie, byte first)
    {
        var walk = new Walk(trie);
        if (!walk.Step(first))
            return true;
        for (var second = (byte)' '; second <= '~' && walk.Value < 0; second++)
        {
            var next = walk;
            if (next.Step(second))
                return false;
        }
        return walk.Value < 0;
    }

    /// <summary>Whether any rule begins with this byte.</summary>
    public bool HasRuleFor(byte first) => new Walk(_trie).Step(first);

    /// <summary>Whether printable ASCII text stays as it is: no rule is of such characters alone, or begins with two of them.</summary>
    public bool KeepsAscii { get; private init; }

    /// <summary>The replacement of the shortest rule that begins a key, or null.</summary>
    public string? Shortest(ReadOnlySpan<byte> key)
    {
        var walk = new Walk(_trie);
        foreach (var value in key)
            if (!walk.Step(value))
                return null;
            else if (walk.Value >= 0)
                return TextAt(walk.Value);
        return null;
    }

    /// <summary>The replacement of the longest rule that begins at a place of a text, and how many code points it replaces; or null.</summary>
    public string? Longest(ReadOnlySpan<int> text, int at, out int count)
    {
        count = 0;
        var found = -1;
        var walk = new Walk(_trie);
        Span<byte> utf8 = stackalloc byte[4];
        var bytes = 0;
        for (var i = at; i < text.Length && bytes < LongestRule; i++)
        {
            var length = new Rune(text[i]).EncodeToUtf8(utf8);
            bytes += length;
            foreach (var value in utf8[..length])
                if (!walk.Step(value))
                    return TextAt(found);
            if (walk.Value < 0)
                continue;
            found = walk.Value;
            count = i - at + 1;
        }
        return TextAt(found);
    }

    private string? TextAt(int start)
    {
        if (start < 0 || start >= _replacements.Length)
            return null;
        lock (_texts)
        {
            if (_texts.TryGetValue(start, out var known))
                return known;
            var rest = _replacements.AsSpan(start);
            var end = rest.IndexOf((byte)0);
            return _texts[start] = Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
        }
    }

    // darts-clone's layout: bits 0-7 and 31 label, bit 8 has a leaf, bits 9-30 the offset of the children.
    private ref struct Walk(uint[] trie)
    {
        private uint _at = Offset(trie[0]);

        /// <summary>Where the replacement of the bytes so far begins, or −1.</summary>
        public int Value { get; private set; } = -1;

        public bool Step(byte value)
        {
            Value = -1;
            _at ^= value;
            if (value == 0 || _at >= trie.Length || (trie[_at] & 0x800000FF) != value)
                return false;
            var unit = trie[_at];
            _at ^= Offset(unit);
            if ((unit >> 8 & 1) == 1 && _at < trie.Length)
                Value = (int)(trie[_at] & 0x7FFFFFFF);
            return true;
        }

        private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
    }
}
