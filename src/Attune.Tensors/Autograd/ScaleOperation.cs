using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class ScaleOperation
{
    /// <summary>x·s.</summary>
    public static Tensor Scale(this Graph graph, Tensor x, float s)
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Elementwise.Scale(x, s, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Factor) = (x, y, s);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float Factor;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ElementwiseBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Elementwise.AddScaled(graph.Upstream(Y), Factor, graph.Gradient(X));
        }
    }
}
