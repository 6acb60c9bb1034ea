namespace Attune.Tensors.Kernels;

/// <summary>
/// Successive rows of one segment and one head of keys and values: row i is query (First + i) / Group in the head (First + i) mod Group
/// of the group. The rows share each load of a tile.
/// </summary>
internal unsafe struct AttentionBlock
{
    public AttentionShape Shape;

    /// <summary>The segment's first row in q, the position of that query, and the keys that there are.</summary>
    public int QueryStart, Past, Keys;

    public int KvHead, First, Rows;

    /// <summary>The block <paramref name="index"/> of <paramref name="rows"/> rows or what is left.</summary>
    public static AttentionBlock Of(AttentionShape shape, in AttentionSegment segment, int kvHead, int index, int rows) => new()
    {
        Shape = shape,
        QueryStart = segment.QueryStart,
        Past = segment.Past,
        Keys = segment.Keys,
        KvHead = kvHead,
        First = index * rows,
        Rows = Math.Min(rows, segment.QueryCount * shape.Group - index * rows),
    };

    public readonly int Slots => AttentionProduct.Slots(Rows);

    /// <summary>The keys that the row r sees.</summary>
    public readonly (int Low, int High) Visible(int r) => Shape.Visible(Past + (First + r) / Shape.Group, Keys);

    /// <summary>Tiles that any row sees: [FirstTile, EndTile).</summary>
    public readonly int FirstTile => Visible(0).Low / AttentionTile.Tokens;

    public readonly int EndTile => AttentionTile.Pages(Visible(Rows - 1).High);

    /// <summary>Where the row r stands in q, in a matrix of Heads·HeadDim columns.</summary>
    public readonly long Place(int r) => HeadPlace(r) * Shape.HeadDim;

    /// <summary>Where the row's logarithm of sums stands, in [rows, Heads].</summary>
    public readonly long HeadPlace(int r)
    {
        var (query, head) = Math.DivRem(First + r, Shape.Group);
        return (QueryStart + query) * (long)Shape.Heads + KvHead * Shape.Group + head;
    }

    /// <summary>Copies the rows, times <paramref name="factor"/>, to panels [HeadDim/16][slots][16]; slots without a row are zeros.</summary>
    public readonly void Gather<S, V, I>(float* from, float factor, float* to)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (dim, step) = (Shape.HeadDim, Slots * 16);
        if (Slots > Rows)
            new Span<float>(to, Shape.PaddedDim * Slots).Clear();
        var f = S.Set(factor);
        for (var r = 0; r < Rows; r++)
        {
            float* source = from + Place(r), target = to + r * 16;
            var d = 0;
            for (; d <= dim - 16; d += 16, target += step)
                for (var lane = 0; lane < 16; lane += S.Width)
                    S.Store(S.Multiply(f, S.Load(source + d + lane)), target + lane);
            for (var lane = 0; d + lane < dim; lane++)
                target[lane] = factor * source[d + lane];
        }
    }
}
