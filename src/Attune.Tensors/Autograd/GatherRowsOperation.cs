using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class GatherRowsOperation
{
    /// <summary>The rows of x at <paramref name="rows"/>, which may repeat: [M, C] → [n, C]. Backward adds each row's gradient to its source, in order.</summary>
    public static Tensor GatherRows(this Graph graph, Tensor x, ReadOnlySpan<int> rows)
    {
        Shapes.Indices("GatherRows", rows, x);
        return Run(graph, x, rows, -1);
    }

    /// <summary>
    /// Rows of a trained table: [V, C] at <paramref name="ids"/> → [n, C]. Backward adds each row's gradient to its id's row, in order,
    /// except to the row <paramref name="padding"/> (−1: there is none).
    /// </summary>
    public static Tensor Embedding(this Graph graph, Tensor table, ReadOnlySpan<int> ids, int padding = -1)
    {
        Shapes.Indices("Embedding", ids, table);
        return Run(graph, table, ids, padding);
    }

    private static Tensor Run(Graph graph, Tensor x, ReadOnlySpan<int> rows, int skip)
    {
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * rows.Length * x.Columns);
        var indices = graph.Arena.Ints(rows.Length);
        rows.CopyTo(new Span<int>(indices, rows.Length));
        var y = graph.Arena.Matrix(rows.Length, x.Columns);
        RowCopies.Gather(x, indices, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(indices);
        (node.X, node.Y, node.Skip) = (x, y, skip);
        node.Rows = indices;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public int* Rows;
        public int Skip;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 4 * 3 * Y.Count);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                RowCopies.ScatterAdd(graph.Upstream(Y), Rows, Skip, graph.Gradient(X));
        }
    }
}
