namespace Attune.Tensors.Autograd;

/// <summary>Elements moved, repeated, chosen or added by place; each is a gather, so that gradients go back to where the elements came from.</summary>
public static class RearrangeOperation
{
    /// <summary>
    /// The elements in the order of the map, <paramref name="fill"/> where it has none; the map's last axis is the result's columns. It permutes, cuts, pads and repeats axes
    /// of what is more than a matrix.
    /// </summary>
    public static Tensor Rearrange(this Graph graph, Tensor x, ElementMap map, float fill = 0)
    {
        if (map.Sources != x.Count)
            throw new ArgumentException($"Rearrange: the map is of {map.Sources} elements, the input {x}");
        var columns = map.Shape.Length == 0 ? 1 : map.Shape[^1];
        return graph.GatherElements(x, map.Places, columns == 0 ? 0 : map.Places.Length / columns, columns, fill);
    }

    /// <summary>a where the mask is true, b elsewhere: a [M, N], the mask one for each element; b may have one row, one column or one element.</summary>
    public static Tensor Select(this Graph graph, ReadOnlySpan<bool> mask, Tensor a, Tensor b)
    {
        if (mask.Length != a.Count || (b.Rows != 1 && b.Rows != a.Rows) || (b.Columns != 1 && b.Columns != a.Columns))
            throw new ArgumentException($"Select: a mask of {mask.Length}, {a} and {b} do not fit");
        var indices = new int[mask.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var (row, column) = Math.DivRem(i, a.Columns);
            indices[i] = mask[i] ? i : checked((int)a.Count + (b.Rows == 1 ? 0 : row) * b.Columns + (b.Columns == 1 ? 0 : column));
        }
        var both = graph.ConcatRows(a.Reshape((int)a.Count, 1), b.Reshape((int)b.Count, 1));
        return graph.GatherElements(both, indices, a.Rows, a.Columns);
    }

    /// <summary>x, with <paramref name="value"/> where the mask is true.</summary>
    public static Tensor MaskedFill(this Graph graph, Tensor x, ReadOnlySpan<bool> mask, float value)
    {
        if (mask.Length != x.Count)
            throw new ArgumentException($"MaskedFill: a mask of {mask.Length} for {x}");
        var indices = new int[mask.Length];
        for (var i = 0; i < indices.Length; i++)
            indices[i] = mask[i] ? -1 : i;
        return graph.GatherElements(x, indices, x.Rows, x.Columns, value);
    }

    /// <summary>The rows [start, start + count), with gradients: [M, C] → [count, C].</summary>
    public static Tensor SliceRows(this Graph graph, Tensor x, int start, int count)
    {
        if (start < 0 || count < 0 || start + count > x.Rows)
            throw new ArgumentException($"Rows: rows {start} to {start + count} are outside {x}");
        return graph.GatherRows(x, [.. Enumerable.Range(start, count)]);
    }

    /// <summary>x·w where x is below 0, otherwise x (He et al. 2015); w is repeated along rows, columns or both.</summary>
    public static Tensor PRelu(this Graph graph, Tensor x, Tensor weight) =>
        graph.Subtract(graph.Relu(x), graph.Multiply(graph.Relu(graph.Scale(x, -1)), weight));

    /// <summary>Pixels from channels: images [N·C·r·r, height·width] → [N·C, height·r·width·r], a channel a row (Shi et al. 2016).</summary>
    public static Tensor PixelShuffle(this Graph graph, Tensor x, int height, int width, int factor)
    {
        var channels = x.Rows / (factor * factor);
        var map = ElementMap.Of(channels, factor, factor, height, width).Permute(0, 3, 1, 4, 2).Reshape(channels, height * factor * width * factor);
        return graph.Rearrange(x, map);
    }

    /// <summary>The reverse: [N·C, height·width] → [N·C·r·r, height/r·width/r].</summary>
    public static Tensor PixelUnshuffle(this Graph graph, Tensor x, int height, int width, int factor)
    {
        var (rows, columns) = (height / factor, width / factor);
        var map = ElementMap.Of(x.Rows, rows, factor, columns, factor).Permute(0, 2, 4, 1, 3).Reshape(x.Rows * factor * factor, rows * columns);
        return graph.Rearrange(x, map);
    }
}
