using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class MultiplyOperation
{
    /// <summary>a·b element by element, of the same shape; a may be b.</summary>
    public static Tensor Multiply(this Graph graph, Tensor a, Tensor b)
    {
        Shapes.Same("Multiply", a, b);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, a, 3));
        var y = graph.Arena.Matrix(a.Rows, a.Columns);
        Elementwise.Multiply(a, b, y);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(a);
        graph.Keep(b);
        (node.A, node.B, node.Y) = (a, b, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor A, B, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, A, A.Node != 0 && B.Node != 0 ? 8 : 4);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (A.Node != 0)
                Elementwise.AddProduct(dy, B, graph.Gradient(A));
            if (B.Node != 0)
                Elementwise.AddProduct(dy, A, graph.Gradient(B));
        }
    }
}
