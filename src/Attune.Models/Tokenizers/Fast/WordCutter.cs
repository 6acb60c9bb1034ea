namespace Attune.Models.Tokenizers;

/// <summary>Cuts text into words that a tokenizer treats each alone, without looking at a word twice.</summary>
internal abstract class WordCutter
{
    /// <summary>Where the word ends that begins at a place before the end of the text.</summary>
    public abstract int EndOf(ReadOnlySpan<char> text, int start);

    /// <summary>The cutter for one text; itself where it needs to know nothing of the whole.</summary>
    public virtual WordCutter For(string text) => this;

    /// <summary>The cutter that does what a regular expression does when its matches become pieces, or null.</summary>
    public static WordCutter? Of(string pattern) => pattern switch
    {
        SplitPatterns.Gpt2 => new Gpt2Words(),
        SplitPatterns.Llama3 => new Llama3Words(digits: 3),
        SplitPatterns.Qwen2 => new Llama3Words(digits: 1),
        _ => null,
    };
}

/// <summary>GPT-2's pattern.</summary>
internal sealed class Gpt2Words : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var kind = CharClass.At(text, start, out var units);
        if (text[start] == '\'' && Contraction.Length(text[(start + 1)..], ignoreCase: false) is > 0 and var length)
            return start + 1 + length;
        if (kind != CharKind.WhiteSpace)
            return CharClass.EndOf(kind, text, start + units);
        if (text[start] == ' ' && start + 1 < text.Length && CharClass.At(text, start + 1, out units) is not CharKind.WhiteSpace and var next)
            return CharClass.EndOf(next, text, start + 1 + units);
        return Blanks.EndOf(text, start, CharClass.EndOf(CharKind.WhiteSpace, text, start));
    }
}

/// <summary>The pattern of Llama 3, and of Qwen 2 with numbers of one digit.</summary>
internal sealed class Llama3Words(int digits) : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var c = text[start];
        var kind = CharClass.At(text, start, out var units);
        if (c == '\'' && Contraction.Length(text[(start + 1)..], ignoreCase: true) is > 0 and var length)
            return start + 1 + length;
        if (kind == CharKind.Letter)
            return CharClass.EndOf(CharKind.Letter, text, start + units);
        if (kind == CharKind.Number)
            return CharClass.EndOf(CharKind.Number, text, start, digits);
        var next = start + units;
        var nextKind = next < text.Length ? CharClass.At(text, next, out _) : CharKind.WhiteSpace;
        if (nextKind == CharKind.Letter && c is not ('\r' or '\n'))
            return CharClass.EndOf(CharKind.Letter, text, next);
        if (kind == CharKind.Other || c == ' ' && nextKind == CharKind.Other)
            return EndOfBreaks(text, CharClass.EndOf(CharKind.Other, text, next));
        var end = CharClass.EndOf(CharKind.WhiteSpace, text, start);
        var breaks = text[start..end].LastIndexOfAny('\r', '\n');
        return breaks >= 0 ? start + breaks + 1 : Blanks.EndOf(text, start, end);
    }

    private static int EndOfBreaks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is '\r' or '\n')
            at++;
        return at;
    }
}

/// <summary>Numbers alone, and between them what another cutter finds.</summary>
internal sealed class DigitsApart(WordCutter inner) : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        if (CharClass.At(text, start, out var units) == CharKind.Number)
            return start + units;
        // What the other cutter sees ends at the next number; looking as far as its word reaches tells all that it may depend on.
        var end = inner.EndOf(text, start);
        var number = start;
        while (number < end && CharClass.At(text, number, out units) != CharKind.Number)
            number += units;
        return number < end ? inner.EndOf(text[..number], start) : EndBefore(text, start, end);
    }

    // Blanks before a number are whole there, as at the end of a text.
    private static int EndBefore(ReadOnlySpan<char> text, int start, int end)
    {
        if (CharClass.At(text, start, out _) != CharKind.WhiteSpace)
            return end;
        var blanks = CharClass.EndOf(CharKind.WhiteSpace, text, start);
        return blanks < text.Length && CharClass.At(text, blanks, out _) == CharKind.Number ? blanks : end;
    }
}

/// <summary>The English short forms behind an apostrophe.</summary>
internal static class Contraction
{
    /// <summary>How many units a short form (s, t, re, ve, m, ll, d) has that begins the text; 0 where none does. ſ is an s.</summary>
    public static int Length(ReadOnlySpan<char> text, bool ignoreCase)
    {
        if (text.IsEmpty)
            return 0;
        var first = ignoreCase ? Lower(text[0]) : text[0];
        if (first is 's' or 't' or 'm' or 'd')
            return 1;
        if (text.Length < 2)
            return 0;
        var second = ignoreCase ? Lower(text[1]) : text[1];
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 2 : 0;
    }

    private static char Lower(char c) => c == '\u017F' ? 's' : char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
}

/// <summary>Runs of white space.</summary>
internal static class Blanks
{
    /// <summary>A run ends the text, or leaves its last blank to the word behind it: \s+(?!\S)|\s+.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int start, int end) => end == text.Length || end == start + 1 ? end : end - 1;
}
