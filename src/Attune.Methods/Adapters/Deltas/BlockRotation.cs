using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Square blocks one below the other, [blocks·b, b], and what OFT and BOFT do with them.</summary>
internal static class BlockRotation
{
    /// <summary>Cayley's transform of skew blocks Q: (I − Q)·(I + Q)⁻¹, as 2·(I + Q)⁻¹ − I.</summary>
    public static Tensor Cayley(Graph graph, Tensor skew)
    {
        var size = skew.Columns;
        var identity = Identity(graph, skew.Rows / size, size);
        var sum = graph.Add(identity, skew);
        var inverses = new Tensor[skew.Rows / size];
        for (var i = 0; i < inverses.Length; i++)
            inverses[i] = graph.Inverse(graph.SliceRows(sum, i * size, size));
        return graph.Subtract(graph.Scale(graph.ConcatRows(inverses), 2), identity);
    }

    /// <summary>A transpose of every block.</summary>
    public static Tensor Transposed(Graph graph, Tensor blocks)
    {
        var size = blocks.Columns;
        var places = new int[blocks.Count];
        for (var i = 0; i < places.Length; i++)
            places[i] = (i / (size * size) * size + i % size) * size + i / size % size;
        return graph.GatherElements(blocks, places, blocks.Rows, size);
    }

    public static Tensor Identity(Graph graph, int blocks, int size)
    {
        var identity = graph.Arena.Zeros(blocks * size, size);
        for (var row = 0; row < identity.Rows; row++)
            identity[row][row % size] = 1;
        return identity;
    }

    /// <summary>x times the block-diagonal matrix of the blocks R, or of their transposes; a single block serves all of x's columns: [M, n] → [M, n].</summary>
    public static Tensor Apply(Graph graph, Tensor x, Tensor blocks, bool transposed)
    {
        var size = blocks.Columns;
        var count = x.Columns / size;
        var turned = blocks.Rows == size ? graph.Product(x.Reshape(x.Rows * count, size), transposed ? blocks : graph.Transpose(blocks))
            : graph.Einsum(transposed ? "tnk,nck->tnc" : "tnk,nkc->tnc", x, [x.Rows, count, size], blocks, [count, size, size]);
        return turned.Reshape(x.Rows, x.Columns);
    }
}
