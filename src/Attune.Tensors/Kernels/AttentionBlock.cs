namespace Attune.Tensors.Kernels;

/// <summary>
/// Successive rows of one segment and one head of keys and values: for each query in turn, the heads of the group. The rows share each
/// load of a tile.
/// </summary>
internal unsafe struct AttentionBlock
{
    public AttentionShape Shape;

    /// <summary>The first and the last row's query, as positions, and the keys that there are.</summary>
    public int Position, LastPosition, Keys;

    public int KvHead, Rows;

    /// <summary>Tiles that any row sees: [FirstTile, EndTile).</summary>
    public int FirstTile, EndTile;

    /// <summary>What is added to the segment's scores.</summary>
    public AttentionBiasRows Bias;

    private int firstHead;
    private long firstPlace;

    /// <summary>The block <paramref name="index"/> of <paramref name="rows"/> rows or what is left.</summary>
    public static AttentionBlock Of(AttentionShape shape, in AttentionSegment segment, int kvHead, int index, int rows)
    {
        var group = shape.Group;
        var (first, count) = (index * rows, Math.Min(rows, segment.QueryCount * group - index * rows));
        var (query, head) = Math.DivRem(first, group);
        var block = new AttentionBlock
        {
            Shape = shape,
            Position = segment.Past + query,
            LastPosition = segment.Past + (first + count - 1) / group,
            Keys = segment.Keys,
            KvHead = kvHead,
            Rows = count,
            Bias = segment.Bias,
            firstHead = head,
            firstPlace = (segment.QueryStart + query) * (long)shape.Heads + kvHead * group + head,
        };
        block.FirstTile = shape.Visible(block.Position, block.Keys).Low / AttentionTile.Tokens;
        block.EndTile = AttentionTile.Pages(shape.Visible(block.LastPosition, block.Keys).High);
        return block;
    }

    /// <summary>The head of a row's query.</summary>
    public readonly int Head(in Row row) => KvHead * Shape.Group + row.head;

    public readonly int Slots => AttentionProduct.Slots(Rows);

    /// <summary>The first row, from which <see cref="Row.Next"/> walks through the others.</summary>
    public readonly Row FirstRow => new() { Position = Position, HeadPlace = firstPlace, head = firstHead, group = Shape.Group, skip = Shape.Heads - Shape.Group };

    /// <summary>Where a row of the block stands.</summary>
    public struct Row
    {
        public int Position;

        /// <summary>In a matrix [rows, Heads]; times HeadDim, in one of [rows, Heads·HeadDim].</summary>
        public long HeadPlace;

        internal int head, group, skip;

        public void Next()
        {
            HeadPlace++;
            if (++head < group)
                return;
            head = 0;
            Position++;
            HeadPlace += skip;
        }
    }

    /// <summary>Asks memory for the rows of a matrix of Heads·HeadDim columns; null asks for nothing.</summary>
    public readonly void Ask(float* matrix)
    {
        if (matrix == null)
            return;
        var row = FirstRow;
        for (var r = 0; r < Rows; r++, row.Next())
            TileAhead.Ask(matrix + row.HeadPlace * Shape.HeadDim, Shape.HeadDim);
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
        var row = FirstRow;
        for (var r = 0; r < Rows; r++, row.Next())
        {
            float* source = from + row.HeadPlace * dim, target = to + r * 16;
            var d = 0;
            for (; d <= dim - 16; d += 16, target += step)
                for (var lane = 0; lane < 16; lane += S.Width)
                    S.Store(S.Multiply(f, S.Load(source + d + lane)), target + lane);
            for (var lane = 0; d + lane < dim; lane++)
                target[lane] = factor * source[d + lane];
        }
    }
}
