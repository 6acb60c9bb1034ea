namespace Attune.Tensors.Autograd;

public static class GeluOperation
{
    /// <summary>x·Φ(x) (Hendrycks and Gimpel 2016); <paramref name="tanh"/>: its approximation by tanh.</summary>
    public static Tensor Gelu(this Graph graph, Tensor x, bool tanh = false)
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Kernels.Gelu.Forward(x, tanh, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Tanh) = (x, y, tanh);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public bool Tanh;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Kernels.Gelu.Backward(X, Tanh, graph.Gradient(Y), graph.Gradient(X));
        }
    }
}
