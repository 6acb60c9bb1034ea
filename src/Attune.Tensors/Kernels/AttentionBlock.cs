namespace Attune.Tensors.Kernels;

/// <summary>
/// A few queries of one segment that stand at successive positions, in all heads of a group: the rows that share each load
/// of a tile. Row i·Group + g is query First + i in the head g of the group.
/// </summary>
internal unsafe struct AttentionBlock
{
    public AttentionShape Shape;

    /// <summary>The first query's row in q, its position, the number of queries, and the keys that there are.</summary>
    public int Row, Position, Queries, Keys;

    public int KvHead;

    /// <summary>Queries in a block: as many as fill the largest register tile.</summary>
    public static int Length(AttentionShape shape) => Math.Max(1, 12 / shape.Group);

    public static AttentionBlock Of(AttentionShape shape, in AttentionSegment segment, int kvHead, int index)
    {
        var first = index * Length(shape);
        return new AttentionBlock
        {
            Shape = shape,
            Row = segment.QueryStart + first,
            Position = segment.Past + first,
            Queries = Math.Min(Length(shape), segment.QueryCount - first),
            Keys = segment.Keys,
            KvHead = kvHead,
        };
    }

    public readonly int Rows => Queries * Shape.Group;

    /// <summary>Keys that the first and the last query see; those between them lie between.</summary>
    public readonly (int Low, int High) First => Shape.Visible(Position, Keys);

    public readonly (int Low, int High) Last => Shape.Visible(Position + Queries - 1, Keys);

    /// <summary>Tiles that any query sees: [FirstTile, EndTile).</summary>
    public readonly int FirstTile => First.Low / AttentionTile.Tokens;

    public readonly int EndTile => AttentionTile.Pages(Last.High);

    /// <summary>Where the row r of the block stands in q, in a matrix of Heads·HeadDim columns.</summary>
    public readonly long Place(int r) => (Row + r / Shape.Group) * (long)Shape.QueryColumns + (KvHead * Shape.Group + r % Shape.Group) * Shape.HeadDim;

    /// <summary>Where the row's logarithm of sums stands, in [rows, Heads].</summary>
    public readonly long HeadPlace(int r) => (Row + r / Shape.Group) * (long)Shape.Heads + KvHead * Shape.Group + r % Shape.Group;

    /// <summary>Copies the block's rows, times <paramref name="factor"/>, to [padded, HeadDim]; the padding is zeros.</summary>
    public readonly void Gather<S, V, I>(float* from, float factor, float* to, int padded)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var dim = Shape.HeadDim;
        var f = S.Set(factor);
        for (var r = 0; r < Rows; r++, to += dim)
        {
            var source = from + Place(r);
            var d = 0;
            for (; d <= dim - S.Width; d += S.Width)
                S.Store(S.Multiply(f, S.Load(source + d)), to + d);
            for (; d < dim; d++)
                to[d] = factor * source[d];
        }
        new Span<float>(to, (padded - Rows) * dim).Clear();
    }
}
