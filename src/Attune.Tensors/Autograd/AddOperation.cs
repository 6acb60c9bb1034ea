using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class AddOperation
{
    /// <summary>a + b, of the same shape.</summary>
    public static Tensor Add(this Graph graph, Tensor a, Tensor b)
    {
        Shapes.Same("Add", a, b);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, a, 3));
        var y = graph.Arena.Matrix(a.Rows, a.Columns);
        Elementwise.Add(a, b, y);
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

        internal override OperationWork BackwardWork(Graph graph) =>
            // A first gradient is passed on without being touched.
            WorkOf.Elements(OperationKind.ElementwiseBackward, A, (graph.HasGradient(A) ? 3 : 0) + (graph.HasGradient(B) ? 3 : 0));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            if (A.Node != 0)
                graph.Pass(Y, A);
            if (B.Node != 0)
                graph.Pass(Y, B);
        }
    }
}
