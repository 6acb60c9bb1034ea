using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// SentencePiece's compiled normalisation: a double-array trie over UTF-8 and the replacements it points to. As tokenizers applies it:
/// a grapheme cluster of fewer than 6 bytes is replaced as a whole by the shortest prefix of it in the trie; else each code point alone.
/// </summary>
internal sealed class PrecompiledNormalizer : Normalizer
{
    private const int LongestCluster = 6;

    private readonly uint[] _trie;
    private readonly byte[] _replacements;

    private PrecompiledNormalizer(uint[] trie, byte[] replacements)
    {
        _trie = trie;
        _replacements = replacements;
    }

    public static PrecompiledNormalizer Parse(string base64)
    {
        byte[] blob;
        try
        {
            blob = Convert.FromBase64String(base64);
        }
        catch (FormatException e)
        {
            throw new AttuneException("The precompiled_charsmap of the tokenizer's file is not base64; fetch the file again.", inner: e);
        }
        var size = blob.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size > blob.Length - 4 || size % 4 != 0 || size == 0)
            throw new AttuneException(
                $"The precompiled_charsmap of the tokenizer's file announces {size} bytes of trie but holds {Math.Max(0, blob.Length - 4)}; fetch the file again.");
        var trie = new uint[size / 4];
        for (var i = 0; i < trie.Length; i++)
            trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob.AsSpan(4 + 4 * i));
        return new PrecompiledNormalizer(trie, blob[(4 + (int)size)..]);
    }

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        var utf16 = text.ToText();
        var rune = 0;
        for (var at = 0; at < utf16.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(utf16, at);
            var cluster = utf16.AsSpan(at, length);
            var runes = CountRunes(cluster);
            if (Encoding.UTF8.GetByteCount(cluster) < LongestCluster && Replacement(cluster) is { } whole)
                Add(whole, text.Slice(rune, runes), result);
            else
                AddSingly(text.Slice(rune, runes), result);
            rune += runes;
            at += length;
        }
        return result;
    }

    private static int CountRunes(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private void AddSingly(AlignedSpan cluster, AlignedText result)
    {
        Span<char> buffer = stackalloc char[2];
        for (var i = 0; i < cluster.Count; i++)
        {
            var length = new Rune(cluster.Runes[i]).EncodeToUtf16(buffer);
            if (Replacement(buffer[..length]) is { } replacement)
                Add(replacement, cluster.Slice(i, 1), result);
            else
                result.AddRange(cluster.Slice(i, 1));
        }
    }

    // The first code point put in keeps the origin of the first, further ones share the last that there is.
    private static void Add(string replacement, AlignedSpan source, AlignedText result)
    {
        var i = 0;
        foreach (var rune in replacement.EnumerateRunes())
            result.Add(rune.Value, source.Offsets[Math.Min(i++, source.Count - 1)]);
    }

    private string? Replacement(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[3 * text.Length];
        var count = Encoding.UTF8.GetBytes(text, utf8);
        if (Shortest(utf8[..count]) is not { } start || start >= _replacements.Length)
            return null;
        var rest = _replacements.AsSpan(start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    // darts-clone's layout: bits 0-7 and 31 label, bit 8 has a leaf, bits 9-30 the offset of the children.
    private int? Shortest(ReadOnlySpan<byte> key)
    {
        var at = Offset(_trie[0]);
        foreach (var value in key)
        {
            if (value == 0)
                return null;
            at ^= value;
            if (at >= _trie.Length || (_trie[at] & 0x800000FF) != value)
                return null;
            var unit = _trie[at];
            at ^= Offset(unit);
            if ((unit >> 8 & 1) == 1)
                return at < _trie.Length ? (int)(_trie[at] & 0x7FFFFFFF) : null;
        }
        return null;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
