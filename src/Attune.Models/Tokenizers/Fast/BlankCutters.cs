using System.Globalization;

namespace Attune.Models.Tokenizers;

/// <summary>
/// Words with the white space before them, for tokenizers that drop white space. Cut before a blank, tab or line break, where the word
/// behind it begins with no mark that could join it.
/// </summary>
internal sealed class SeparatedWords : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var at = EndOfBlanks(text, start);
        while (at < text.Length)
        {
            var found = text[at..].IndexOfAny(" \t\n\r");
            if (found < 0)
                break;
            var next = EndOfBlanks(text, at + found);
            if (next == text.Length || Begins(text[next]))
                return at + found;
            at = next;
        }
        return text.Length;
    }

    private static int EndOfBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
        return at;
    }

    private static bool Begins(char c) => c < '\u0300' || char.GetUnicodeCategory(c) <= UnicodeCategory.OtherLetter;
}

/// <summary>Runs of blanks with what follows them, cut only between printable ASCII characters, whose normal form is known.</summary>
internal sealed class BlankRuns : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var at = EndOfBlanks(text, start);
        while (at < text.Length)
        {
            var found = text[at..].IndexOf(' ');
            if (found < 0)
                break;
            var next = EndOfBlanks(text, at + found);
            if (IsPrintable(text[at + found - 1]) && (next == text.Length || IsPrintable(text[next])))
                return at + found;
            at = next;
        }
        return text.Length;
    }

    private static bool IsPrintable(char c) => c is > ' ' and <= '~';

    private static int EndOfBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at;
    }
}

/// <summary>Runs of ▁ with what follows them, for models without a piece that holds ▁ behind something else.</summary>
internal sealed class MarkedRuns : WordCutter
{
    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var at = start;
        while (at < text.Length && text[at] == '▁')
            at++;
        var next = text[at..].IndexOf('▁');
        return next < 0 ? text.Length : at + next;
    }
}
