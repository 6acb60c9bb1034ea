using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Elements by index: what moves or repeats elements without computing is this one operation over a list of places.</summary>
public static unsafe class GatherElementsOperation
{
    /// <summary>
    /// y[i] = x[indices[i]], both counted row after row, or <paramref name="fill"/> where the index is −1: [M, N] → [rows, columns]. Indices may repeat;
    /// backward adds each element's gradient to its source, in order.
    /// </summary>
    public static Tensor GatherElements(this Graph graph, Tensor x, ReadOnlySpan<int> indices, int rows, int columns, float fill = 0)
    {
        if ((long)rows * columns != indices.Length)
            throw new ArgumentException($"GatherElements: {indices.Length} indices for [{rows}, {columns}]");
        foreach (var index in indices)
            if (index < -1 || index >= x.Count)
                throw new ArgumentException($"GatherElements: index {index} is outside the elements of {x}");
        var copy = graph.Arena.Ints(indices.Length);
        indices.CopyTo(new Span<int>(copy, indices.Length));
        return Run(graph, x, copy, rows, columns, fill);
    }

    /// <summary>The elements of x at the given columns of each row: [M, N], columns [M·k] → [M, k]; the weights of the experts that a router chose, for one.</summary>
    public static Tensor GatherByRow(this Graph graph, Tensor x, ReadOnlySpan<int> columns)
    {
        var each = x.Rows == 0 ? 0 : columns.Length / x.Rows;
        if (each * x.Rows != columns.Length)
            throw new ArgumentException($"GatherByRow: {columns.Length} columns for the rows of {x}");
        var indices = graph.Arena.Ints(columns.Length);
        for (var i = 0; i < columns.Length; i++)
            indices[i] = (uint)columns[i] < (uint)x.Columns ? checked(i / each * x.Columns + columns[i])
                : throw new ArgumentException($"GatherByRow: column {columns[i]} is outside {x}");
        return Run(graph, x, indices, x.Rows, each, 0);
    }

    private static Tensor Run(Graph graph, Tensor x, int* indices, int rows, int columns, float fill)
    {
        using var _ = Profile.Measure(OperationKind.Rows, 0, 12L * rows * columns);
        var y = graph.Arena.Matrix(rows, columns);
        ElementCopies.Gather(x.Data, indices, fill, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(indices);
        (node.X, node.Y) = (x, y);
        node.Indices = indices;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public int* Indices;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 4 * 4 * Y.Count);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                ElementCopies.ScatterAdd(graph.Upstream(Y), Indices, graph.Gradient(X).Data);
        }
    }
}
