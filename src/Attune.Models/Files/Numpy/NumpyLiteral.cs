using System.Globalization;

namespace Attune.Models.Files;

/// <summary>Reads the few forms of a Python literal that a .npy header has. Nothing is evaluated.</summary>
internal sealed class NumpyLiteral(string path, string text)
{
    private int at;

    public void Expect(char expected)
    {
        if (!TryTake(expected))
            throw Wrong($"has {Here()} where '{expected}' was expected");
    }

    public bool TryTake(char wanted)
    {
        SkipSpace();
        if (at >= text.Length || text[at] != wanted)
            return false;
        at++;
        return true;
    }

    public void ExpectEnd()
    {
        SkipSpace();
        if (at < text.Length)
            throw Wrong($"goes on with {Here()} after its dictionary");
    }

    /// <summary>A string without escapes in single or double quotes.</summary>
    public string Text()
    {
        SkipSpace();
        var quote = at < text.Length ? text[at] : '\0';
        var end = quote is '\'' or '"' ? text.IndexOf(quote, at + 1) : -1;
        if (end < 0 || text.AsSpan(at, end - at).Contains('\\'))
            throw Wrong($"has {Here()} where a text in quotes was expected");
        var value = text[(at + 1)..end];
        at = end + 1;
        return value;
    }

    public bool Truth()
    {
        SkipSpace();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (!text.AsSpan(at).StartsWith(word, StringComparison.Ordinal))
                continue;
            at += word.Length;
            return value;
        }
        throw Wrong($"has {Here()} where True or False was expected");
    }

    /// <summary>Whole numbers from 0 to 2^63 − 1 in parentheses.</summary>
    public long[] Tuple(int most)
    {
        var numbers = new List<long>();
        Expect('(');
        while (!TryTake(')'))
        {
            if (numbers.Count == most)
                throw Wrong(FormattableString.Invariant($"has more than {most} axes"));
            numbers.Add(Number());
            if (TryTake(')'))
                break;
            Expect(',');
        }
        return [.. numbers];
    }

    public ModelFileException Wrong(string problem) =>
        ModelFileException.In(path, $"is not a valid .npy file: its header {problem}; write it with numpy.save");

    private long Number()
    {
        SkipSpace();
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        if (!long.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw Wrong($"has {Here()} where an axis from 0 to 2^63 - 1 was expected");
        // Python 2 marked long integers.
        at = end < text.Length && text[end] == 'L' ? end + 1 : end;
        return number;
    }

    private string Here() => at < text.Length ? Shown.Quoted(text[at..Math.Min(text.Length, at + 20)]) : "its end";

    private void SkipSpace()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
    }
}
