namespace Attune.Models.Tokenizers;

/// <summary>The clean-up of neural machine translation: control characters are dropped, other blanks and unprintable ones become a blank.</summary>
internal sealed class NmtNormalizer : Normalizer
{
    public override AlignedText Apply(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        for (var i = 0; i < text.Count; i++)
            if (!IsDropped(text.Runes[i]))
                result.Add(IsBlank(text.Runes[i]) ? ' ' : text.Runes[i], text.Offsets[i]);
        return result;
    }

    private static bool IsDropped(int rune) => rune is >= 1 and <= 8 or 0x0B or >= 0x0E and <= 0x1F or 0x7F or 0x8F or 0x9F;

    private static bool IsBlank(int rune) => rune is 9 or 0x0A or 0x0C or 0x0D or 0x1680 or >= 0x200B and <= 0x200F or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD;
}
