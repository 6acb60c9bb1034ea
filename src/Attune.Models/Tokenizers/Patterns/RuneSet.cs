using System.Globalization;
using System.Text;

namespace Attune.Models.Tokenizers;

/// <summary>A set of code points, with a table for ASCII and a test for the rest.</summary>
internal sealed class RuneSet
{
    private readonly Func<int, bool> _contains;
    private readonly ulong _low, _high;

    public RuneSet(Func<int, bool> contains)
    {
        _contains = contains;
        for (var i = 0; i < 64; i++)
        {
            _low |= contains(i) ? 1UL << i : 0;
            _high |= contains(i + 64) ? 1UL << i : 0;
        }
    }

    public bool Contains(int rune) => rune switch
    {
        < 64 => (_low >> rune & 1) != 0,
        < 128 => (_high >> (rune - 64) & 1) != 0,
        _ => _contains(rune),
    };

    public RuneSet Negated() => new(r => !Contains(r));

    public RuneSet And(RuneSet other) => new(r => Contains(r) && other.Contains(r));

    public static RuneSet Range(int first, int last) => new(r => r >= first && r <= last);

    public static RuneSet Union(IReadOnlyList<RuneSet> sets) => sets.Count == 1 ? sets[0] : new(r =>
    {
        foreach (var set in sets)
            if (set.Contains(r))
                return true;
        return false;
    });

    /// <summary>The set without regard to case: a code point is in it when its lower or upper case is. ſ is an s, the kelvin sign a k.</summary>
    public RuneSet IgnoringCase() => new(r =>
    {
        var lower = r switch { 0x17F => 's', 0x212A => 'k', _ => Lower(r) };
        return Contains(r) || Contains(lower) || Contains(Rune.ToUpperInvariant(new Rune(lower)).Value)
            || lower == 's' && Contains(0x17F) || lower == 'k' && Contains(0x212A);
    });

    private static int Lower(int rune) => Rune.IsValid(rune) ? Rune.ToLowerInvariant(new Rune(rune)).Value : rune;

    /// <summary>A Unicode property by its short or long name, or null.</summary>
    public static RuneSet? Property(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
    {
        "any" => new(_ => true),
        "l" or "letter" or "alpha" or "alphabetic" => new(UnicodeClass.IsLetter),
        "m" or "mark" => new(UnicodeClass.IsMark),
        "n" or "number" => new(UnicodeClass.IsNumber),
        "p" or "punct" or "punctuation" => new(UnicodeClass.IsPunctuation),
        "s" or "symbol" => Categories(UnicodeCategory.MathSymbol, UnicodeCategory.OtherSymbol),
        "z" or "separator" => Categories(UnicodeCategory.SpaceSeparator, UnicodeCategory.ParagraphSeparator),
        "c" or "other" => new(r => UnicodeClass.Category(r) is >= UnicodeCategory.Control and <= UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned),
        "lu" or "uppercaseletter" => Categories(UnicodeCategory.UppercaseLetter),
        "ll" or "lowercaseletter" => Categories(UnicodeCategory.LowercaseLetter),
        "lt" or "titlecaseletter" => Categories(UnicodeCategory.TitlecaseLetter),
        "lm" or "modifierletter" => Categories(UnicodeCategory.ModifierLetter),
        "lo" or "otherletter" => Categories(UnicodeCategory.OtherLetter),
        "mn" or "nonspacingmark" => Categories(UnicodeCategory.NonSpacingMark),
        "mc" or "spacingmark" => Categories(UnicodeCategory.SpacingCombiningMark),
        "me" or "enclosingmark" => Categories(UnicodeCategory.EnclosingMark),
        "nd" or "decimalnumber" => Categories(UnicodeCategory.DecimalDigitNumber),
        "nl" or "letternumber" => Categories(UnicodeCategory.LetterNumber),
        "no" or "othernumber" => Categories(UnicodeCategory.OtherNumber),
        "pc" => Categories(UnicodeCategory.ConnectorPunctuation),
        "pd" => Categories(UnicodeCategory.DashPunctuation),
        "ps" => Categories(UnicodeCategory.OpenPunctuation),
        "pe" => Categories(UnicodeCategory.ClosePunctuation),
        "pi" => Categories(UnicodeCategory.InitialQuotePunctuation),
        "pf" => Categories(UnicodeCategory.FinalQuotePunctuation),
        "po" => Categories(UnicodeCategory.OtherPunctuation),
        "sm" => Categories(UnicodeCategory.MathSymbol),
        "sc" => Categories(UnicodeCategory.CurrencySymbol),
        "sk" => Categories(UnicodeCategory.ModifierSymbol),
        "so" => Categories(UnicodeCategory.OtherSymbol),
        "zs" => Categories(UnicodeCategory.SpaceSeparator),
        "zl" => Categories(UnicodeCategory.LineSeparator),
        "zp" => Categories(UnicodeCategory.ParagraphSeparator),
        "cc" or "cntrl" => Categories(UnicodeCategory.Control),
        "cf" or "format" => Categories(UnicodeCategory.Format),
        "space" or "whitespace" => new(UnicodeClass.IsWhiteSpace),
        "digit" => Categories(UnicodeCategory.DecimalDigitNumber),
        "word" => new(UnicodeClass.IsWord),
        _ => Script(name),
    };

    private static RuneSet Categories(UnicodeCategory first, UnicodeCategory? last = null)
    {
        var end = last ?? first;
        return new(r => UnicodeClass.Category(r) is var c && c >= first && c <= end);
    }

    private static RuneSet? Script(string name)
    {
        var script = UnicodeScript.ByName(name);
        return script == UnicodeScript.None ? null : new(r => UnicodeScript.Of(r) == script);
    }
}
