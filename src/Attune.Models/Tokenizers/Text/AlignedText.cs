using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>
/// A growing list of code points, each with the range of UTF-16 units of the original text that it came from. Normalisation and
/// byte mapping replace code points and keep the ranges, so that a token can be traced back to the text.
/// </summary>
internal sealed class AlignedText
{
    private int[] _runes;
    private TokenOffset[] _offsets;

    public AlignedText(int capacity = 16, int originStart = 0)
    {
        _runes = new int[Math.Max(capacity, 4)];
        _offsets = new TokenOffset[_runes.Length];
        OriginStart = originStart;
    }

    /// <summary>Where in the original text the stretch begins which this was made from.</summary>
    public int OriginStart { get; }

    public int Count { get; private set; }
    public ReadOnlySpan<int> Runes => _runes.AsSpan(0, Count);
    public ReadOnlySpan<TokenOffset> Offsets => _offsets.AsSpan(0, Count);
    public AlignedSpan All => new(this, 0, Count);

    /// <summary>Code points of the text; a surrogate without its partner becomes U+FFFD.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">Where it begins in the text that ranges refer to.</param>
    public static AlignedText Of(ReadOnlySpan<char> text, int origin = 0)
    {
        var result = new AlignedText(text.Length, origin);
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
            result.Add(rune.Value, new TokenOffset(origin + i, origin + i + used));
            i += used;
        }
        return result;
    }

    public void Add(int rune, TokenOffset offset)
    {
        if (Count == _runes.Length)
        {
            Array.Resize(ref _runes, Count * 2);
            Array.Resize(ref _offsets, Count * 2);
        }
        _runes[Count] = rune;
        _offsets[Count++] = offset;
    }

    public void RemoveLast() => Count--;

    public void AddRange(AlignedSpan span)
    {
        for (var i = 0; i < span.Count; i++)
            Add(span.Runes[i], span.Offsets[i]);
    }
}

/// <summary>A stretch of an <see cref="AlignedText"/>.</summary>
internal readonly record struct AlignedSpan(AlignedText Text, int Start, int Count)
{
    public ReadOnlySpan<int> Runes => Text.Runes.Slice(Start, Count);
    public ReadOnlySpan<TokenOffset> Offsets => Text.Offsets.Slice(Start, Count);
    public int OriginStart => Start == 0 ? Text.OriginStart : Text.Offsets[Start - 1].End;

    public AlignedSpan Slice(int start, int count) => new(Text, Start + start, count);

    public string ToText()
    {
        var builder = new StringBuilder(Count);
        foreach (var rune in Runes)
            builder.Append(new Rune(rune));
        return builder.ToString();
    }
}
