namespace Attune.Tensors.Kernels;

/// <summary>A worker's memory for the gradients of one sequence and kv head: O(keys · HeadDim).</summary>
internal unsafe struct AttentionBackwardSpace
{
    public AttentionShape Shape;
    public int KvHead, Keys;

    /// <summary>Keys rounded up to whole tiles, HeadDim to a multiple of 16, and the distance of rows of scores.</summary>
    public int TileKeys, Padded, Stride;

    /// <summary>Of the forward pass: tile t, [HeadDim][16 keys], at KeyTiles + t·PageFloats.</summary>
    public float* KeyTiles;

    /// <summary>[tiles][HeadDim][16 keys], and [Padded/16][TileKeys][16].</summary>
    public float* ValueTiles, KeyPanels;

    /// <summary>[TileKeys][Padded].</summary>
    public float* KeySums, ValueSums;

    /// <summary>Of a block of rows: queries times Scale and gradients of outputs, [rows][HeadDim]; one of them as panels; Σ ds k.</summary>
    public float* Queries, Outputs, RowPanels, QuerySums;

    /// <summary>[rows][Stride]: scores, then probabilities; do·v, then gradients of the scores.</summary>
    public float* Scores, Slopes;

    public static AttentionBackwardSpace Of(AttentionShape shape, in AttentionSegment segment, int keys, int kvHead, int worker)
    {
        var tileKeys = AttentionTile.Pages(keys) * AttentionTile.Tokens;
        var (dim, wide, rows, stride) = (shape.HeadDim, shape.PaddedDim, AttentionProduct.Pad(AttentionBlock.Length(shape) * shape.Group), tileKeys + 16);
        var floats = (long)tileKeys * (dim + 3 * wide) + (long)rows * (2 * dim + 2 * wide + 2 * stride);
        var next = (float*)ThreadTeam.Scratch(worker, floats * sizeof(float));
        var space = new AttentionBackwardSpace { Shape = shape, KvHead = kvHead, Keys = keys, TileKeys = tileKeys, Padded = wide, Stride = stride };
        space.KeyTiles = segment.Page(0) + shape.KeyOffset(kvHead);
        // Multiples of 16 floats first, so that they stay aligned to cache lines.
        space.ValueTiles = Take(ref next, tileKeys * dim);
        space.KeyPanels = Take(ref next, tileKeys * wide);
        space.KeySums = Take(ref next, tileKeys * wide);
        space.ValueSums = Take(ref next, tileKeys * wide);
        space.RowPanels = Take(ref next, rows * wide);
        space.QuerySums = Take(ref next, rows * wide);
        space.Scores = Take(ref next, rows * stride);
        space.Slopes = Take(ref next, rows * stride);
        space.Queries = Take(ref next, rows * dim);
        space.Outputs = Take(ref next, rows * dim);
        return space;
    }

    /// <summary>Lays the head's keys and values, rows KeyColumns apart, out as the products want them; zeros behind the last.</summary>
    public readonly void Fill(float* k, float* v)
    {
        new Span<float>(ValueTiles, TileKeys * (Shape.HeadDim + 3 * Padded)).Clear();
        for (var j = 0; j < Keys; j += AttentionTile.Tokens)
            AttentionTile.Transpose(ValueTiles + j * Shape.HeadDim, v + (long)j * Shape.KeyColumns, Shape.KeyColumns, Math.Min(AttentionTile.Tokens, Keys - j), Shape.HeadDim);
        AttentionTile.Panels(KeyPanels, TileKeys * AttentionTile.Tokens, k, Shape.KeyColumns, Keys, Shape.HeadDim);
    }

    private static float* Take(ref float* next, int count)
    {
        var result = next;
        next += count;
        return result;
    }
}
