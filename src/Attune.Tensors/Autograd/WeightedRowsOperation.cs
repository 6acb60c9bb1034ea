using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class WeightedRowsOperation
{
    /// <summary>
    /// y[i] = Σ_t w[i,t]·x[rows[i·k + t]]: x [M, C], weights [n, k] → [n, C], t ascending; a row of −1 counts nothing. A mixture of experts puts its experts' outputs
    /// together with it, and pooling and interpolation are it with constant weights. Gradients go to x and to the weights.
    /// </summary>
    public static Tensor WeightedRows(this Graph graph, Tensor x, ReadOnlySpan<int> rows, Tensor weights)
    {
        if (rows.Length != weights.Count)
            throw new ArgumentException($"WeightedRows: {rows.Length} rows for the weights {weights}");
        foreach (var row in rows)
            if (row < -1 || row >= x.Rows)
                throw new ArgumentException($"WeightedRows: row {row} is outside {x}");
        using var _ = Profile.Measure(OperationKind.Rows, 2L * rows.Length * x.Columns, 4L * (rows.Length + weights.Rows) * x.Columns);
        var copy = graph.Arena.Ints(rows.Length);
        rows.CopyTo(new Span<int>(copy, rows.Length));
        var y = graph.Arena.Matrix(weights.Rows, x.Columns);
        Kernels.WeightedRows.Forward(x, copy, weights, y);
        if (!graph.Wants(x, weights))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(copy);
        graph.Keep(weights);
        if (weights.Node != 0)
            graph.Keep(x);
        (node.X, node.Weights, node.Y) = (x, weights, y);
        node.Rows = copy;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Weights, Y;
        public int* Rows;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 4L * Weights.Count * Y.Columns, 12L * Weights.Count * Y.Columns);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                Kernels.WeightedRows.Backward(Rows, Weights, dy, graph.Gradient(X));
            if (Weights.Node != 0)
                Kernels.WeightedRows.BackwardWeights(X, Rows, dy, graph.Gradient(Weights));
        }
    }
}
