using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class TransposeOperation
{
    /// <summary>xᵀ: [M, N] → [N, M].</summary>
    public static Tensor Transpose(this Graph graph, Tensor x)
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Rows, x, 2));
        var y = graph.Arena.Matrix(x.Columns, x.Rows);
        Transposition.Matrix(x, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y) = (x, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.RowsBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dx = graph.Gradient(X, out var first);
            var turned = first ? dx : graph.Arena.Matrix(X.Rows, X.Columns);
            Transposition.Matrix(graph.Upstream(Y), turned);
            if (!first)
                Elementwise.AddTo(turned, dx);
        }
    }
}
