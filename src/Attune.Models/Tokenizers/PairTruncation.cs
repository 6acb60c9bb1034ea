namespace Attune.Models.Tokenizers;

/// <summary>How long two texts may be so that together they fit: the longer is cut first, then both alike.</summary>
internal static class PairTruncation
{
    public static (int First, int Second) LongestFirst(int first, int second, int room)
    {
        if (first + second <= room)
            return (first, second);
        var (shorter, longer) = (Math.Min(first, second), Math.Max(first, second));
        longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
        if (shorter + longer > room)
        {
            shorter = room / 2;
            longer = shorter + room % 2;
        }
        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
