namespace Attune.Tensors.Kernels;

/// <summary>
/// Work items over a ragged batch: (kv head, segment, a few blocks of rows). The heads are outermost, so that what segments share of
/// a head's keys and values is still in the cache when the next segment reads it.
/// </summary>
internal static unsafe class AttentionItems
{
    /// <summary>Keys times blocks that make an item worth handing out.</summary>
    private const int Worth = 512;

    /// <summary>Fills starts[i] with the first item of segment i within a head; returns the number of a head's items.</summary>
    public static int Count(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, int* starts)
    {
        var items = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            starts[i] = items;
            items = checked(items + Divide(Blocks(shape, segments[i]), Span(segments[i])));
        }
        return items;
    }

    /// <summary>Multiplications of all rows with all keys and values, as if all saw all.</summary>
    public static long Work(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments)
    {
        var pairs = 0L;
        foreach (ref readonly var segment in segments)
            pairs += (long)segment.QueryCount * segment.Keys;
        return 2 * pairs * shape.QueryColumns;
    }

    /// <summary>Blocks of 12 rows in a segment and head.</summary>
    public static int Blocks(AttentionShape shape, in AttentionSegment segment) => Divide(segment.QueryCount * shape.Group, AttentionProduct.Rows);

    /// <summary>
    /// The segment and blocks [From, To) of an item within a head. A segment's last blocks, which see most keys, come first, so that no
    /// thread ends with the longest.
    /// </summary>
    public static (int Segment, int From, int To) Of(AttentionShape shape, AttentionSegment* segments, int* starts, int count, int item)
    {
        var (low, high) = (0, count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (starts[middle] <= item)
                low = middle;
            else
                high = middle - 1;
        }
        var span = Span(segments[low]);
        var to = Blocks(shape, segments[low]) - (item - starts[low]) * span;
        return (low, Math.Max(0, to - span), to);
    }

    private static int Span(in AttentionSegment segment) => 1 + Worth / Math.Max(1, segment.Keys);

    private static int Divide(int a, int b) => (a + b - 1) / b;
}
