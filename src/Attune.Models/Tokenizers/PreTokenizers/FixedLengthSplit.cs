namespace Attune.Models.Tokenizers;

/// <summary>Cuts after every so many code points.</summary>
internal sealed class FixedLengthSplit(int length) : PreTokenizer
{
    public override void Split(AlignedSpan text, List<AlignedSpan> pieces)
    {
        for (var start = 0; start < text.Count; start += length)
            pieces.Add(text.Slice(start, Math.Min(length, text.Count - start)));
    }
}
