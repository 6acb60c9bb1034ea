using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>GPT-2's: an optional blank in front, its pattern where wanted, then each UTF-8 byte as a printable character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    public bool AddsBlank => addPrefixSpace;
    public bool UsesPattern => useRegex;

    private static readonly RunePattern Gpt2 = RunePattern.Regex(SplitPatterns.Gpt2);

    public override void Split(AlignedSpan text, List<AlignedSpan> pieces)
    {
        if (addPrefixSpace && text.Count > 0 && text.Runes[0] != ' ')
            text = NormalizerTools.Prepend(text, " ").All;
        if (!useRegex)
        {
            pieces.Add(ToBytes(text));
            return;
        }
        var words = new List<AlignedSpan>();
        SplittingPreTokenizer.Cut(text, Gpt2.Matches(text.Runes), SplitBehaviour.Isolated, words);
        // All words lie in one buffer of bytes, so that a text of many words makes no object for each.
        var bytes = new AlignedText(text.Count + text.Count / 8, text.OriginStart);
        foreach (var word in words)
        {
            var start = bytes.Count;
            AppendBytes(word, bytes);
            pieces.Add(new AlignedSpan(bytes, start, bytes.Count - start));
        }
    }

    public static AlignedSpan ToBytes(AlignedSpan text)
    {
        var bytes = new AlignedText(text.Count, text.OriginStart);
        AppendBytes(text, bytes);
        return bytes.All;
    }

    private static void AppendBytes(AlignedSpan text, AlignedText bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Count; i++)
        {
            var count = new Rune(text.Runes[i]).EncodeToUtf8(utf8);
            foreach (var value in utf8[..count])
                bytes.Add(ByteAlphabet.ToRune(value), text.Offsets[i]);
        }
    }
}

/// <summary>ByteLevel as a normaliser: bytes as printable characters, nothing cut.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    private static readonly ByteLevelPreTokenizer Bytes = new(addPrefixSpace: false, useRegex: false);

    public override AlignedText Apply(AlignedSpan text)
    {
        var pieces = new List<AlignedSpan>();
        Bytes.Split(text, pieces);
        return pieces[0].Text;
    }
}
