using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>
/// BERT's clean-up (Devlin et al. 2018, reference code): control characters dropped, white space to blanks, Han characters set apart,
/// accents stripped (when asked, or when lower-casing and not asked otherwise), lower case.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool separateHan, bool? stripAccents, bool lowercase) : Normalizer
{
    private static readonly LowercaseNormalizer Lowercase = new();
    private static readonly FilterNormalizer WithoutMarks = new(r => UnicodeClass.Category(r) != UnicodeCategory.NonSpacingMark);

    // Control characters may vanish and join what is beside them; a blank, a tab and a line break never do.
    public override bool WorksByWord => true;

    public override AlignedText Apply(AlignedSpan text)
    {
        var result = Clean(text);
        if (stripAccents ?? lowercase)
            result = WithoutMarks.Apply(UnicodeNormalization.Normalize(result.All, compose: false, compatibility: false).All);
        return lowercase ? Lowercase.Apply(result.All) : result;
    }

    private AlignedText Clean(AlignedSpan text)
    {
        var result = new AlignedText(text.Count, text.OriginStart);
        for (var i = 0; i < text.Count; i++)
        {
            var rune = text.Runes[i];
            var offset = text.Offsets[i];
            if (cleanText && (rune is 0 or 0xFFFD || IsControl(rune)))
                continue;
            if (cleanText && UnicodeClass.IsWhiteSpace(rune))
                rune = ' ';
            var apart = separateHan && UnicodeClass.IsHan(rune);
            if (apart)
                result.Add(' ', offset);
            result.Add(rune, offset);
            if (apart)
                result.Add(' ', offset);
        }
        return result;
    }

    // Unassigned code points stay: the reference's tables list assigned ones only.
    private static bool IsControl(int rune) => rune is not ('\t' or '\n' or '\r') && UnicodeClass.Category(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;
}
