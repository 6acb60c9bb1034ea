namespace Attune.Tensors.Kernels;

/// <summary>Work items over a ragged batch: (segment, kv head, block of queries).</summary>
internal static unsafe class AttentionItems
{
    /// <summary>Fills starts[i] with the first item of segment i; returns the number of items.</summary>
    public static int Count(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, int* starts)
    {
        var items = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            starts[i] = items;
            items = checked(items + Blocks(shape, segments[i]) * shape.KvHeads);
        }
        return items;
    }

    public static int Blocks(AttentionShape shape, in AttentionSegment segment)
    {
        var length = AttentionBlock.Length(shape);
        return (segment.QueryCount + length - 1) / length;
    }

    /// <summary>The block of an item. A segment's last blocks, which see most keys, come first, so that no thread ends with the longest.</summary>
    public static AttentionBlock Block(AttentionShape shape, AttentionSegment* segments, int* starts, int count, int item, out int segment)
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
        segment = low;
        var local = item - starts[low];
        var index = Blocks(shape, segments[low]) - 1 - local / shape.KvHeads;
        return AttentionBlock.Of(shape, segments[low], local % shape.KvHeads, index);
    }
}
