namespace Attune.Models.Tokenizers;

/// <summary>Cuts a stretch of text into the pieces that the model sees one by one.</summary>
internal abstract class PreTokenizer
{
    public abstract void Split(AlignedSpan text, List<AlignedSpan> pieces);
}

internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
{
    public override void Split(AlignedSpan text, List<AlignedSpan> pieces)
    {
        List<AlignedSpan> current = [text];
        foreach (var part in parts)
        {
            var next = new List<AlignedSpan>();
            foreach (var piece in current)
                part.Split(piece, next);
            current = next;
        }
        pieces.AddRange(current);
    }
}

/// <summary>What becomes of the matches of a pattern that cuts text.</summary>
internal enum SplitBehaviour
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts at ranges that the subclass finds.</summary>
internal abstract class SplittingPreTokenizer(SplitBehaviour behaviour) : PreTokenizer
{
    /// <summary>The delimiters as half-open ranges in order.</summary>
    protected abstract List<(int Start, int End)> Delimiters(ReadOnlySpan<int> text);

    public override void Split(AlignedSpan text, List<AlignedSpan> pieces) =>
        Cut(text, Delimiters(text.Runes), behaviour, pieces);

    public static void Cut(AlignedSpan text, List<(int Start, int End)> delimiters, SplitBehaviour behaviour, List<AlignedSpan> pieces)
    {
        var start = 0;
        var afterDelimiter = false;
        foreach (var (from, to) in delimiters)
        {
            if (from == to)
                continue;
            var touches = afterDelimiter && from == start;
            switch (behaviour)
            {
                case SplitBehaviour.Removed:
                    Add(text, start, from, pieces);
                    start = to;
                    break;
                case SplitBehaviour.MergedWithNext:
                    Add(text, start, from, pieces);
                    start = from;
                    break;
                case SplitBehaviour.MergedWithPrevious:
                    Add(text, start, to, pieces);
                    start = to;
                    break;
                case SplitBehaviour.Contiguous when touches:
                    pieces[^1] = pieces[^1] with { Count = pieces[^1].Count + to - from };
                    start = to;
                    break;
                default:
                    Add(text, start, from, pieces);
                    Add(text, from, to, pieces);
                    start = to;
                    break;
            }
            afterDelimiter = true;
        }
        Add(text, start, text.Count, pieces);
    }

    private static void Add(AlignedSpan text, int start, int end, List<AlignedSpan> pieces)
    {
        if (end > start)
            pieces.Add(text.Slice(start, end - start));
    }
}

/// <summary>Cuts at the matches of a pattern, or with invert at what lies between them.</summary>
internal sealed class PatternSplit(RunePattern pattern, SplitBehaviour behaviour, bool invert) : SplittingPreTokenizer(behaviour)
{
    protected override List<(int Start, int End)> Delimiters(ReadOnlySpan<int> text)
    {
        var matches = pattern.Matches(text);
        if (!invert)
            return matches;
        var between = new List<(int, int)>();
        var start = 0;
        foreach (var (from, to) in matches)
        {
            if (from > start)
                between.Add((start, from));
            start = to;
        }
        if (start < text.Length)
            between.Add((start, text.Length));
        return between;
    }
}

/// <summary>Cuts at single code points that a test names.</summary>
internal sealed class RuneSplit(Func<int, bool> isDelimiter, SplitBehaviour behaviour) : SplittingPreTokenizer(behaviour)
{
    protected override List<(int Start, int End)> Delimiters(ReadOnlySpan<int> text)
    {
        var result = new List<(int, int)>();
        for (var i = 0; i < text.Length; i++)
            if (isDelimiter(text[i]))
                result.Add((i, i + 1));
        return result;
    }
}
