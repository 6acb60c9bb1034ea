using System.Globalization;
using System.Text;
using Attune.Tensors;

namespace Attune.Models.Tokenizers;

/// <summary>
/// SentencePiece's compiled normalisation as tokenizers applies it: a grapheme cluster of fewer than 6 bytes is replaced as a whole by
/// the shortest rule that begins it; else each code point alone.
/// </summary>
internal sealed class PrecompiledNormalizer(CharsMap rules) : Normalizer
{
    private const int LongestCluster = 6;

    // Blanks and printable ASCII characters must be left as they are, and stand before no rule.
    private readonly bool _keepsAscii = Enumerable.Range(' ', '~' - ' ' + 1).All(c => rules.Shortest([(byte)c]) is null) && !rules.HasRuleFor((byte)' ');

    public override bool WorksByWord => _keepsAscii && "\t\n\r".All(c => rules.Shortest([(byte)c]) is null or " ");

    public override bool WorksByRun => _keepsAscii;

    public static PrecompiledNormalizer Parse(string base64)
    {
        try
        {
            return new PrecompiledNormalizer(CharsMap.Parse(Convert.FromBase64String(base64)));
        }
        catch (FormatException e)
        {
            throw new AttuneException("The precompiled_charsmap of the tokenizer's file is not base64; fetch the file again.", inner: e);
        }
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
        Span<byte> utf8 = stackalloc byte[LongestCluster + 4];
        return rules.Shortest(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }
}
