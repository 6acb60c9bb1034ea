namespace Attune.Training.Pretraining;

/// <summary>Cuts the text of a file into documents.</summary>
internal static class TextCutter
{
    /// <summary>The documents in order; what is blank is none.</summary>
    public static IEnumerable<string> Cut(string text, TextBorders borders) =>
        Starts(text, borders).Append(text.Length).Pairwise().Select(p => text[p.From..p.To].Trim('\n')).Where(d => !string.IsNullOrWhiteSpace(d));

    /// <summary>The place behind the last line end at or before <paramref name="place"/>; the place itself where the line is longer than a tenth of the text.</summary>
    public static int LineEndBefore(string text, int place)
    {
        if (place >= text.Length)
            return text.Length;
        var end = place == 0 ? 0 : text.LastIndexOf('\n', place - 1) + 1;
        if (place - end <= text.Length / 10)
            return end;
        return place > 0 && char.IsLowSurrogate(text[place]) ? place - 1 : place;
    }

    private static IEnumerable<int> Starts(string text, TextBorders borders)
    {
        yield return 0;
        if (borders == TextBorders.File)
            yield break;
        for (var (line, blank) = (0, false); line < text.Length;)
        {
            var end = text.IndexOf('\n', line) is var n and >= 0 ? n : text.Length;
            var span = text.AsSpan(line, end - line);
            var isBlank = span.IsWhiteSpace();
            if (line > 0 && borders switch { TextBorders.Line => true, TextBorders.BlankLine => blank && !isBlank, _ => IsHeading(span) })
                yield return line;
            (blank, line) = (isBlank, end + 1);
        }
    }

    /// <summary>" = Title = ", of one equals sign on either side.</summary>
    private static bool IsHeading(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        return line.Length > 4 && line.StartsWith("= ", StringComparison.Ordinal) && line.EndsWith(" =", StringComparison.Ordinal) && line[2] != '=' && line[^3] != '=';
    }

    private static IEnumerable<(int From, int To)> Pairwise(this IEnumerable<int> places)
    {
        var before = -1;
        foreach (var place in places)
        {
            if (before >= 0)
                yield return (before, place);
            before = place;
        }
    }
}
