namespace Attune.Tensors.Kernels;

/// <summary>
/// One block of rows of attention, from gathered queries to outputs. A worker's memory for it is [slots, HeadDim] twice and [slots, keys].
/// </summary>
internal readonly unsafe struct AttentionForward
{
    public float* Q { get; init; }
    public float* Y { get; init; }

    /// <summary>Null where they are not wanted.</summary>
    public float* LogSums { get; init; }

    /// <summary>The pages of the segment, and where in each the head's keys and values begin.</summary>
    public float** Pages { get; init; }
    public long KeyOffset { get; init; }
    public long ValueOffset { get; init; }

    /// <summary>Whether keys and values are in memory rather than the cache.</summary>
    public bool Far { get; init; }

    /// <summary>Floats that a block of 12 rows needs.</summary>
    public static long Floats(AttentionShape shape, int keys) =>
        AttentionProduct.Rows * (2 * shape.PaddedDim + (AttentionTile.Pages(keys) + 1L) * AttentionTile.Tokens);

    /// <summary>All of a block by one worker.</summary>
    public void Block<S, V, I>(in AttentionBlock block, float* space)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var scores = space + 2L * block.Slots * block.Shape.PaddedDim;
        var divisors = stackalloc float[AttentionProduct.Rows];
        Scores<S, V, I>(block, block.FirstTile, block.EndTile, space, scores);
        Softmax<S, V, I>(block, scores, divisors);
        Outputs<S, V, I>(block, scores, divisors, 0, block.Shape.PaddedDim / 16, space);
    }

    /// <summary>scores[tile, row, key] = Scale·q_row · k_key for the tiles [from, to), masked keys too. Space holds [slots, HeadDim].</summary>
    public void Scores<S, V, I>(in AttentionBlock block, int from, int to, float* space, float* scores)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        block.Gather<S, V, I>(Q, block.Shape.Scale, space);
        var slots = block.Slots;
        AttentionProduct.Run<S, V, I>(block.Rows, slots, block.Shape.HeadDim, space, TileGrid.OfKeys(Pages + from, KeyOffset, Far), to - from, scores + (from - block.FirstTile) * slots * 16, load: false);
    }

    /// <summary>The panels [from, to) of the outputs: Σ p v over the row's sum. Space holds [slots, HeadDim].</summary>
    public void Outputs<S, V, I>(in AttentionBlock block, float* p, float* divisors, int from, int to, float* space)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        Values<S, V, I>(block, p, from, to - from, space);
        var count = Math.Min(block.Shape.HeadDim, to * 16) - from * 16;
        var row = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, row.Next())
            AttentionSoftmax.Scale<S, V, I>(space + r * 16, block.Slots * 16, 1 / divisors[r], Y + row.HeadPlace * block.Shape.HeadDim + from * 16, count);
    }

    /// <summary>Caps, biases and masks the scores, and makes them exp(score − max) with their sums.</summary>
    public void Softmax<S, V, I>(in AttentionBlock block, float* scores, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var (tiles, step, start) = (block.EndTile - block.FirstTile, block.Slots * 16, block.FirstTile * AttentionTile.Tokens);
        var row = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, row.Next())
        {
            if (block.Shape.SoftCap > 0)
                AttentionSoftmax.Cap<S, V, I>(scores + r * 16, tiles, step, block.Shape.SoftCap);
            var (low, high) = block.Shape.Visible(row.Position, block.Keys);
            if (block.Bias.Origin != null)
                AttentionBiasRows.Add<S, V, I>(block.Bias.Row(block.Head(row), row.Position), scores + r * 16, step, start, low, high);
            AttentionSoftmax.Mask<S, V, I>(scores + r * 16, tiles, step, low - start, high - start, float.NegativeInfinity);
        }
        var max = stackalloc float[AttentionProduct.Rows];
        for (var r = 0; r < block.Rows; r += AttentionSoftmax.Rows)
        {
            AttentionSoftmax.Max<S, V, I>(scores + r * 16, tiles, step, max + r);
            AttentionSoftmax.ExpSum<S, V, I>(scores + r * 16, tiles, step, max + r, sums + r);
        }
        if (LogSums == null)
            return;
        row = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, row.Next())
            LogSums[row.HeadPlace] = max[r] + MathF.Log(sums[r]);
    }

    /// <summary>sums[r] = Σ_key p[r, key]·v_key over the keys that row r sees, ascending, in some panels of dimensions.</summary>
    private void Values<S, V, I>(in AttentionBlock block, float* p, int panel, int panels, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        // What all rows see, from a whole tile on, goes together; what only some see, before and behind it, goes row by row: a masked
        // value may be anything, so it is not even multiplied by 0.
        var tile = AttentionTile.Pages(block.Shape.Visible(block.LastPosition, block.Keys).Low);
        var start = tile * AttentionTile.Tokens;
        var (low, high) = block.Shape.Visible(block.Position, block.Keys);
        var end = Math.Max(start, high);
        var before = start > low;
        if (before || end == start)
            new Span<float>(sums, block.Slots * 16 * panels).Clear();
        if (before)
            Edge<S, V, I>(block, p, panel, panels, 0, start, sums);
        AttentionProduct.Run<S, V, I>(block.Rows, block.Slots, end - start, p + (tile - block.FirstTile) * block.Slots * 16, TileGrid.OfValues(Pages + tile, ValueOffset + panel * 256, Far), panels, sums, load: before);
        if (block.Shape.Visible(block.LastPosition, block.Keys).High > end)
            Edge<S, V, I>(block, p, panel, panels, end, int.MaxValue, sums);
    }

    /// <summary>The keys within [from, to) that each row sees.</summary>
    private void Edge<S, V, I>(in AttentionBlock block, float* p, int panel, int panels, int from, int to, float* sums)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct
    {
        var step = block.Slots * 16;
        var at = block.FirstRow;
        for (var r = 0; r < block.Rows; r++, at.Next())
        {
            var (low, high) = block.Shape.Visible(at.Position, block.Keys);
            high = Math.Min(high, to);
            for (var key = Math.Max(low, from); key < high;)
            {
                var tile = key / AttentionTile.Tokens;
                var until = Math.Min(high, (tile + 1) * AttentionTile.Tokens);
                var row = p + (tile - block.FirstTile) * step + r * 16 - tile * AttentionTile.Tokens;
                var v = Pages[tile] + ValueOffset + panel * 256 - (long)tile * AttentionTile.Tokens * 16;
                for (var i = 0; i < panels; i++, v += 256)
                    for (var lane = 0; lane < 16; lane += S.Width)
                    {
                        var to16 = sums + i * step + r * 16 + lane;
                        var sum = S.Load(to16);
                        for (var k = key; k < until; k++)
                            sum = S.Fma(S.Set(row[k]), S.Load(v + k * 16 + lane), sum);
                        S.Store(sum, to16);
                    }
                key = until;
            }
        }
    }
}
