using System.Runtime.InteropServices;

namespace Attune.Tensors.Kernels;

/// <summary>
/// Keys and values of 16 tokens. A page of a layer holds the key tiles of all heads, [KvHeads][HeadDim][16 tokens], then their value
/// tiles, [KvHeads][⌈HeadDim/16⌉][16 tokens][16]. What stands behind the last token of a sequence never reaches a result.
/// </summary>
public static unsafe class AttentionTile
{
    public const int Tokens = 16;

    /// <summary>Floats of keys and values below which handing them out costs more than it saves.</summary>
    private const long Fork = 32_768;

    private static readonly delegate*<object?, void*, int, int, void> Kernel = &Item;

    /// <summary>Pages that hold <paramref name="positions"/> positions.</summary>
    public static int Pages(int positions) => (positions + Tokens - 1) / Tokens;

    /// <summary>Writes the segments' rows of k and v, each [rows, KvHeads·HeadDim], into their pages from position Past on.</summary>
    public static void Append(AttentionShape shape, ReadOnlySpan<AttentionSegment> segments, Tensor k, Tensor v)
    {
        fixed (AttentionSegment* pinned = segments)
        {
            // Items are pages: of each segment as many as the longest has.
            var pages = 0;
            foreach (ref readonly var segment in segments)
                pages = Math.Max(pages, Touched(segment));
            var job = new Job { Shape = shape, Segments = pinned, Pages = pages, K = k, V = v };
            if (2L * k.Count >= Fork)
                ThreadTeam.Run(Kernel, null, &job, segments.Length * pages);
            else
                for (var i = 0; i < segments.Length * pages; i++)
                    Item(null, &job, i, -1);
        }
    }

    /// <summary>Writes <paramref name="count"/> tokens into a page, from its token <paramref name="slot"/> on.</summary>
    internal static void Write(AttentionShape shape, float* page, int slot, int count, float* k, float* v)
    {
        for (var head = 0; head < shape.KvHeads; head++)
        {
            var column = head * shape.HeadDim;
            AttentionTranspose.Run(page + shape.KeyOffset(head), slot, count, k + column, shape.KeyColumns, shape.HeadDim);
            Panels(page + shape.ValueOffset(head) + slot * Tokens, v + column, shape.KeyColumns, count, shape.HeadDim);
        }
    }

    /// <summary>to[(d / 16)·256 + i·16 + d mod 16] = from[i·stride + d].</summary>
    internal static void Panels(float* to, float* from, long stride, int count, int dim)
    {
        for (var i = 0; i < count; i++, from += stride, to += Tokens)
        {
            var d = 0;
            for (; d <= dim - Tokens; d += Tokens)
                *(Line*)(to + d * Tokens) = *(Line*)(from + d);
            for (var rest = 0; d + rest < dim; rest++)
                to[d * Tokens + rest] = from[d + rest];
        }
    }

    /// <summary>Pages into which a segment writes.</summary>
    private static int Touched(in AttentionSegment segment) => segment.QueryCount == 0 ? 0 : Pages(segment.Keys) - segment.Past / Tokens;

    private static void Item(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        ref readonly var segment = ref job.Segments[item / job.Pages];
        var page = segment.Past / Tokens + item % job.Pages;
        var first = Math.Max(segment.Past, page * Tokens);
        var count = Math.Min(segment.Keys, (page + 1) * Tokens) - first;
        if (count <= 0)
            return;
        var row = segment.QueryStart + first - segment.Past;
        Write(job.Shape, segment.Page(page), first % Tokens, count, job.K.Row(row), job.V.Row(row));
    }

    /// <summary>16 floats, copied at once.</summary>
    [StructLayout(LayoutKind.Sequential, Size = Tokens * sizeof(float))]
    private struct Line;

    private struct Job
    {
        public AttentionShape Shape;
        public AttentionSegment* Segments;
        public int Pages;
        public Tensor K, V;
    }
}
