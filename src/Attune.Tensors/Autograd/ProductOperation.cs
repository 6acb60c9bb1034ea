using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class ProductOperation
{
    /// <summary>
    /// y = x·wᵀ where both may be trained: x [M, K], w [N, K], y [M, N]. Backward: dx += dy·w, dw += dyᵀ·x.
    /// </summary>
    public static Tensor Product(this Graph graph, Tensor x, Tensor w)
    {
        Shapes.Columns("Product", "the weight", w.Columns, x.Columns);
        using var _ = Profile.Measure(WorkOf.Product(x, w, graph));
        var y = graph.Arena.Matrix(x.Rows, w.Rows);
        graph.Multiply(x.Rows, w.Rows, x.Columns, x.Data, x.Columns, 1, RowMajorPanels.Over(w.Data, w.Rows, 1, w.Columns), y.Data, y.Columns, accumulate: false);
        if (!graph.Wants(x, w))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        if (w.Node != 0)
            graph.Keep(x);
        if (x.Node != 0)
            graph.Keep(w);
        (node.X, node.W, node.Y) = (x, w, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, W, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.ProductBackward(X, W, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
            {
                var dx = graph.Gradient(X, out var first);
                graph.Multiply(X.Rows, X.Columns, W.Rows, dy.Data, dy.Columns, 1, RowMajorPanels.Over(W.Data, W.Columns, W.Columns, 1), dx.Data, dx.Columns, accumulate: !first);
            }
            if (W.Node != 0)
            {
                var dw = graph.Gradient(W, out var first);
                graph.Multiply(W.Rows, W.Columns, X.Rows, dy.Data, 1, dy.Columns, RowMajorPanels.Over(X.Data, X.Columns, X.Columns, 1), dw.Data, dw.Columns, accumulate: !first, ofWeight: true);
            }
        }
    }
}
