namespace Attune.Models.Tokenizers;

/// <summary>The matches of any pattern and what lies between them, found for one text at a time.</summary>
internal sealed class PatternWords(RunePattern pattern, int[]? ends = null) : WordCutter
{
    public override WordCutter For(string text)
    {
        var pieces = new List<AlignedSpan>();
        new PatternSplit(pattern, SplitBehaviour.Isolated, invert: false).Split(AlignedText.Of(text).All, pieces);
        return new PatternWords(pattern, [.. pieces.Select(p => p.Offsets[^1].End)]);
    }

    public override int EndOf(ReadOnlySpan<char> text, int start)
    {
        var found = Array.BinarySearch(ends ?? [], start + 1);
        return found >= 0 ? start + 1 : ends![~found];
    }
}
