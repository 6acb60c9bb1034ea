namespace Attune.Models.Tokenizers;

/// <summary>Cuts a stretch of text into the pieces that the model sees one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>White space is in no piece, and the pieces of a word do not depend on what is beyond white space.</summary>
    public virtual bool DropsWhiteSpace => false;

    public abstract void Split(AlignedSpan text, List<AlignedSpan> pieces);
}

internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> parts) : PreTokenizer
{
    public IReadOnlyList<PreTokenizer> Parts => parts;

    public override bool DropsWhiteSpace => parts.Count > 0 && parts[0].DropsWhiteSpace
        && parts.All(p => p is not MetaspacePreTokenizer { Scheme: PrependScheme.First } and not PreTokenizerSequence);

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
internal abstract class SplittingPreTokenizer(SplitBehaviour behaviour, bool invert = false) : PreTokenizer
{
    public SplitBehaviour Behaviour => behaviour;
    public bool Inverts => invert;

    /// <summary>The matches as half-open ranges in order.</summary>
    protected abstract List<(int Start, int End)> Matches(ReadOnlySpan<int> text);

    public override void Split(AlignedSpan text, List<AlignedSpan> pieces) =>
        Cut(text, Matches(text.Runes), behaviour, pieces, invert);

    /// <summary>Matches are the delimiters; with invert what lies between them is, and each match stays a piece of its own.</summary>
    public static void Cut(
        AlignedSpan text, List<(int Start, int End)> matches, SplitBehaviour behaviour, List<AlignedSpan> pieces, bool invert = false)
    {
        var cutter = new Cutter(text, behaviour, pieces);
        var done = 0;
        foreach (var (start, end) in matches)
        {
            if (done < start)
                cutter.Add(done, start, isDelimiter: invert);
            // A match of nothing is no piece, but it cuts.
            cutter.Add(start, end, isDelimiter: !invert);
            done = end;
        }
        if (done < text.Count)
            cutter.Add(done, text.Count, isDelimiter: invert);
        cutter.Finish();
    }

    // Takes the text from left to right, segment by segment.
    private ref struct Cutter(AlignedSpan text, SplitBehaviour behaviour, List<AlignedSpan> pieces)
    {
        private int _start, _end;
        private bool _delimiterBefore;

        public void Add(int start, int end, bool isDelimiter)
        {
            var joins = behaviour switch
            {
                SplitBehaviour.MergedWithPrevious => isDelimiter && !_delimiterBefore,
                SplitBehaviour.MergedWithNext => !isDelimiter && _delimiterBefore,
                SplitBehaviour.Contiguous => isDelimiter == _delimiterBefore,
                _ => false,
            };
            if (!joins || _start == _end)
            {
                Finish();
                _start = start;
            }
            _end = end;
            _delimiterBefore = isDelimiter;
            if (isDelimiter && behaviour == SplitBehaviour.Removed)
                _start = end;
        }

        public void Finish()
        {
            if (_end > _start)
                pieces.Add(text.Slice(_start, _end - _start));
            _start = _end;
        }
    }
}

/// <summary>Cuts at the matches of a pattern, or with invert at what lies between them.</summary>
internal sealed class PatternSplit(RunePattern pattern, SplitBehaviour behaviour, bool invert) : SplittingPreTokenizer(behaviour, invert)
{
    public RunePattern Pattern => pattern;

    public override bool DropsWhiteSpace => Inverts && Behaviour == SplitBehaviour.Removed && pattern.Expression is SplitPatterns.Words or SplitPatterns.Clip;

    protected override List<(int Start, int End)> Matches(ReadOnlySpan<int> text) => pattern.Matches(text);
}

/// <summary>Cuts at single code points that a test names.</summary>
internal sealed class RuneSplit(Func<int, bool> isDelimiter, SplitBehaviour behaviour) : SplittingPreTokenizer(behaviour)
{
    public bool IsNumbers => isDelimiter == UnicodeClass.IsNumber;

    public override bool DropsWhiteSpace => Behaviour == SplitBehaviour.Removed && isDelimiter == UnicodeClass.IsWhiteSpace;

    protected override List<(int Start, int End)> Matches(ReadOnlySpan<int> text)
    {
        var result = new List<(int, int)>();
        for (var i = 0; i < text.Length; i++)
            if (isDelimiter(text[i]))
                result.Add((i, i + 1));
        return result;
    }
}
