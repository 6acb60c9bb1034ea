using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>How a sentencepiece model treats blanks (NormalizerSpec).</summary>
internal sealed record SentencePieceBlanks
{
    /// <summary>A blank is put before the text (behind it where white space is a suffix).</summary>
    public bool AddsDummy { get; init; } = true;

    /// <summary>Blanks at both ends are dropped, runs of them become one.</summary>
    public bool RemovesExtra { get; init; } = true;

    /// <summary>A blank is written ▁.</summary>
    public bool Escapes { get; init; } = true;

    /// <summary>The dummy blank stands behind the text.</summary>
    public bool AsSuffix { get; init; }
}

/// <summary>
/// Normalisation as sentencepiece does it (Kudo and Richardson 2018): at each place the longest rule of the compiled map, or the code
/// point itself; user-defined pieces are left as they are; then the blanks.
/// </summary>
internal sealed class SentencePieceNormalizer(CharsMap? rules, RuneTrie? userDefined, SentencePieceBlanks blanks) : Normalizer
{
    private readonly char _blank = blanks.Escapes ? '▁' : ' ';
    private readonly bool _keepsAscii = rules?.KeepsAscii != false;

    public override bool TryFast(ref ReadOnlySpan<char> text)
    {
        if (userDefined is not null || !_keepsAscii || rules is not null && text.ContainsAnyExceptInRange(' ', '~'))
            return false;
        if (blanks.RemovesExtra)
            text = text.Trim(' ');
        if (text.IsEmpty)
            return true;
        var result = new StringBuilder(text.Length + 1);
        if (blanks.AddsDummy && !blanks.AsSuffix)
            result.Append(_blank);
        for (var i = 0; i < text.Length; i++)
            if (text[i] != ' ')
                result.Append(text[i]);
            else if (!blanks.RemovesExtra || text[i - 1] != ' ')
                result.Append(_blank);
        if (blanks.AddsDummy && blanks.AsSuffix)
            result.Append(_blank);
        text = result.ToString();
        return true;
    }

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count + 1, text.OriginStart);
        var at = blanks.RemovesExtra ? SkipBlanks(text) : 0;
        if (at == text.Count)
            return result;
        if (blanks.AddsDummy && !blanks.AsSuffix)
            result.Add(_blank, new TokenOffset(text.Offsets[at].Start, text.Offsets[at].Start));
        var afterBlank = blanks.RemovesExtra;
        while (at < text.Count)
        {
            var replacement = Next(text.Runes, at, out var count);
            afterBlank = Append(result, text, at, count, replacement, afterBlank) && blanks.RemovesExtra;
            at += count;
        }
        while (blanks.RemovesExtra && result.Count > 0 && result.Runes[^1] == _blank)
            result.RemoveLast();
        if (blanks.AddsDummy && blanks.AsSuffix)
            result.Add(_blank, new TokenOffset(text.Offsets[^1].End, text.Offsets[^1].End));
        return result;
    }

    private int SkipBlanks(AlignedSpan text)
    {
        var at = 0;
        while (at < text.Count)
        {
            var replacement = Next(text.Runes, at, out var count);
            if (replacement is null ? count != 1 || text.Runes[at] != ' ' : replacement is not [' '])
                break;
            at += count;
        }
        return at;
    }

    /// <summary>What the code points from here become; null where they stay as they are.</summary>
    private int[]? Next(ReadOnlySpan<int> runes, int at, out int count)
    {
        count = 1;
        if (rules is not null && _keepsAscii && IsPrintable(runes[at]) && (at + 1 == runes.Length || IsPrintable(runes[at + 1])) && userDefined is null)
            return null;
        if (userDefined is not null && userDefined.Longest(runes, at, out var length) >= 0)
        {
            count = length;
            return null;
        }
        if (rules?.Longest(runes, at, out length) is not { } replacement)
            return null;
        count = length;
        return RunePattern.RunesOf(replacement);
    }

    private static bool IsPrintable(int rune) => rune is >= ' ' and <= '~';

    /// <summary>Appends what stands for source code points, without blanks that follow a blank; tells whether the last one is a blank.</summary>
    private bool Append(AlignedText result, AlignedSpan source, int at, int count, int[]? replacement, bool afterBlank)
    {
        var offset = new TokenOffset(source.Offsets[at].Start, source.Offsets[at + count - 1].End);
        var runes = replacement ?? source.Runes.Slice(at, count);
        var skip = 0;
        while (afterBlank && skip < runes.Length && runes[skip] == ' ')
            skip++;
        if (skip == runes.Length)
            return afterBlank;
        for (var i = skip; i < runes.Length; i++)
            result.Add(runes[i] == ' ' ? _blank : runes[i], replacement is null ? source.Offsets[at + i] : offset);
        return runes[^1] == ' ';
    }
}
