namespace Attune.Tensors.Autograd;

public static unsafe class MeanPoolOperation
{
    /// <summary>
    /// The mean of each run of rows: x [M, C], runs of <paramref name="lengths"/> rows one after another → [runs, C], rows added in
    /// order. A run of no rows gives zeros.
    /// </summary>
    public static Tensor MeanPool(this Graph graph, Tensor x, ReadOnlySpan<int> lengths)
    {
        var offsets = graph.Arena.Ints(lengths.Length + 1);
        offsets[0] = 0;
        for (var r = 0; r < lengths.Length; r++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lengths[r]);
            offsets[r + 1] = checked(offsets[r] + lengths[r]);
        }
        if (offsets[lengths.Length] != x.Rows)
            throw new ArgumentException($"MeanPool: the runs have {offsets[lengths.Length]} rows together, the input {x}");
        var y = graph.Arena.Matrix(lengths.Length, x.Columns);
        Kernels.MeanPool.Forward(x, offsets, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(offsets);
        (node.X, node.Y) = (x, y);
        node.Offsets = offsets;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public int* Offsets;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Kernels.MeanPool.Backward(Offsets, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
