using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class SubtractOperation
{
    /// <summary>a − b, of the same shape.</summary>
    public static Tensor Subtract(this Graph graph, Tensor a, Tensor b)
    {
        Shapes.Same("Subtract", a, b);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, a, 3));
        var y = graph.Arena.Matrix(a.Rows, a.Columns);
        Elementwise.Subtract(a, b, y);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.A, node.B, node.Y) = (a, b, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor A, B, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, A, A.Node != 0 && B.Node != 0 ? 6 : 3);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (A.Node != 0)
                graph.Pass(Y, A);
            if (B.Node != 0)
                Elementwise.AddScaled(dy, -1, graph.Gradient(B));
        }
    }
}
