namespace Attune.Tensors.Kernels;

/// <summary>
/// Keys and values of 16 tokens. A page of a layer holds the key tiles of all heads, [KvHeads][HeadDim][16 tokens], then their value
/// tiles, [KvHeads][⌈HeadDim/16⌉][16 tokens][16]. What stands behind the last token of a sequence never reaches a result.
/// </summary>
public static unsafe class AttentionTile
{
    public const int Tokens = 16;

    /// <summary>Pages that hold <paramref name="positions"/> positions.</summary>
    public static int Pages(int positions) => (positions + Tokens - 1) / Tokens;

    /// <summary>Writes the segments' rows of k and v, each [rows, KvHeads·HeadDim], into their pages from position Past on.</summary>
    public static void Append(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, Tensor k, Tensor v)
    {
        foreach (ref readonly var segment in segments)
            for (var page = segment.Past / Tokens; page * Tokens < segment.Keys; page++)
            {
                var first = Math.Max(segment.Past, page * Tokens);
                var count = Math.Min(segment.Keys, (page + 1) * Tokens) - first;
                var row = segment.QueryStart + first - segment.Past;
                Write(shape, segment.Page(page), first % Tokens, count, k.Row(row), v.Row(row));
            }
    }

    /// <summary>Writes <paramref name="count"/> tokens into a page, from its token <paramref name="slot"/> on.</summary>
    internal static void Write(AttentionShape shape, float* page, int slot, int count, float* k, float* v)
    {
        for (var head = 0; head < shape.KvHeads; head++)
        {
            var column = head * shape.HeadDim;
            Transpose(page + shape.KeyOffset(head) + slot, k + column, shape.KeyColumns, count, shape.HeadDim);
            Panels(page + shape.ValueOffset(head) + slot * Tokens, Tokens * Tokens, v + column, shape.KeyColumns, count, shape.HeadDim);
        }
    }

    /// <summary>to[d·16 + i] = from[i·stride + d].</summary>
    internal static void Transpose(float* to, float* from, long stride, int count, int dim)
    {
        for (var i = 0; i < count; i++, from += stride)
            for (var d = 0; d < dim; d++)
                to[d * Tokens + i] = from[d];
    }

    /// <summary>to[(d / 16)·panelStride + i·16 + d mod 16] = from[i·stride + d].</summary>
    internal static void Panels(float* to, long panelStride, float* from, long stride, int count, int dim)
    {
        for (var d = 0; d < dim; d += Tokens)
        {
            var width = Math.Min(Tokens, dim - d);
            var panel = to + d / Tokens * panelStride;
            for (var i = 0; i < count; i++)
                new ReadOnlySpan<float>(from + i * stride + d, width).CopyTo(new Span<float>(panel + i * Tokens, width));
        }
    }
}
