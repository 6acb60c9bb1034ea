namespace Attune.Models.Tokenizers;

/// <summary>When a replacement character is put before a stretch of text.</summary>
internal enum PrependScheme
{
    Never,
    Always,

    /// <summary>Only at the very beginning of the text, not after an added token.</summary>
    First,
}

/// <summary>SentencePiece's: blanks become ▁, and each word carries the one before it.</summary>
internal sealed class MetaspacePreTokenizer(int replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    public PrependScheme Scheme => scheme;
    public bool Splits => split;

    public override void Split(AlignedSpan text, List<AlignedSpan> pieces)
    {
        var prepend = scheme == PrependScheme.Always || scheme == PrependScheme.First && text.OriginStart == 0;
        var first = text.Count > 0 ? text.Runes[0] : 0;
        if (prepend && first != ' ' && first != replacement)
            text = NormalizerTools.Prepend(text, char.ConvertFromUtf32(replacement)).All;
        var replaced = new AlignedText(text.Count, text.OriginStart);
        var marks = new List<(int, int)>();
        for (var i = 0; i < text.Count; i++)
        {
            var rune = text.Runes[i] == ' ' ? replacement : text.Runes[i];
            if (rune == replacement)
                marks.Add((i, i + 1));
            replaced.Add(rune, text.Offsets[i]);
        }
        if (split)
            SplittingPreTokenizer.Cut(replaced.All, marks, SplitBehaviour.MergedWithNext, pieces);
        else
            pieces.Add(replaced.All);
    }
}
