namespace Attune.Tensors.Kernels;

/// <summary>A worker's memory for the gradients of one sequence and kv head: O(keys · HeadDim).</summary>
internal unsafe struct AttentionBackwardSpace
{
    /// <summary>Rows in a block: four register tiles, so that sums over rows stay in registers for a while.</summary>
    public const int Rows = 48;

    public AttentionShape Shape;
    public int KvHead, Keys, Tiles;

    /// <summary>Of a tile: keys and values, each [HeadDim][16 keys], and keys in panels of dimensions, [HeadDim/16][16 keys][16].</summary>
    public float** Pages;

    /// <summary>Where in a page the transposed values and the keys in panels begin; keys begin at 0.</summary>
    public int ValueOffset, PanelOffset;

    /// <summary>[tiles][HeadDim/16][16 keys][16].</summary>
    public float* KeySums, ValueSums;

    /// <summary>Of a block of rows, in panels: queries times Scale, gradients of outputs, and Σ ds k: [HeadDim/16][rows][16].</summary>
    public float* Queries, Outputs, QuerySums;

    /// <summary>[tiles][rows][16]: scores, then probabilities; do·v, then gradients of the scores.</summary>
    public float* Scores, Slopes;

    /// <summary>[tiles][16]: the slopes of the soft cap in one row, where a bias stands between it and the softmax.</summary>
    public float* Factors;

    public readonly int TileFloats => 16 * Shape.PaddedDim;

    public static AttentionBackwardSpace Of(AttentionShape shape, int keys, int kvHead, int worker)
    {
        var (tiles, dim, wide) = (AttentionTile.Pages(keys), shape.HeadDim, shape.PaddedDim);
        var page = 16 * (2 * dim + wide);
        var floats = tiles * ((long)page + 2 * 16 * wide + 2 * Rows * 16 + 16) + 3 * Rows * wide;
        var next = (float*)ThreadTeam.Scratch(worker, floats * sizeof(float) + tiles * sizeof(float*));
        var space = new AttentionBackwardSpace { Shape = shape, KvHead = kvHead, Keys = keys, Tiles = tiles, ValueOffset = 16 * dim, PanelOffset = 32 * dim };
        space.KeySums = Take(ref next, tiles * 16L * wide);
        space.ValueSums = Take(ref next, tiles * 16L * wide);
        space.Scores = Take(ref next, tiles * 16L * Rows);
        space.Slopes = Take(ref next, tiles * 16L * Rows);
        space.Factors = Take(ref next, tiles * 16L);
        space.Queries = Take(ref next, Rows * wide);
        space.Outputs = Take(ref next, Rows * wide);
        space.QuerySums = Take(ref next, Rows * wide);
        var pages = Take(ref next, (long)tiles * page);
        space.Pages = (float**)next;
        for (var t = 0; t < tiles; t++)
            space.Pages[t] = pages + (long)t * page;
        return space;
    }

    /// <summary>Lays the head's keys and values, rows KeyColumns apart, out as the products want them; zeros behind the last.</summary>
    public readonly void Fill(float* k, float* v)
    {
        var dim = Shape.HeadDim;
        new Span<float>(KeySums, Tiles * TileFloats).Clear();
        new Span<float>(ValueSums, Tiles * TileFloats).Clear();
        for (var t = 0; t < Tiles; t++, k += 16L * Shape.KeyColumns, v += 16L * Shape.KeyColumns)
        {
            var count = Math.Min(16, Keys - t * 16);
            if (count < 16)
                new Span<float>(Pages[t], PanelOffset + TileFloats).Clear();
            AttentionTranspose.Run(Pages[t], 0, count, k, Shape.KeyColumns, dim);
            AttentionTranspose.Run(Pages[t] + ValueOffset, 0, count, v, Shape.KeyColumns, dim);
            AttentionTile.Panels(Pages[t] + PanelOffset, k, Shape.KeyColumns, count, dim);
        }
    }

    private static float* Take(ref float* next, long count)
    {
        var result = next;
        next += count;
        return result;
    }
}
