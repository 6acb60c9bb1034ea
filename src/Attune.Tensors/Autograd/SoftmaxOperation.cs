namespace Attune.Tensors.Autograd;

public static unsafe class SoftmaxOperation
{
    /// <summary>e^x/Σ e^x over each row: [M, N]. A row of −∞ only gives NaN, as in torch.</summary>
    public static Tensor Softmax(this Graph graph, Tensor x) => Run(graph, x, logarithm: false);

    /// <summary>x − ln Σ e^x over each row: [M, N]. A row of −∞ only gives NaN, as in torch.</summary>
    public static Tensor LogSoftmax(this Graph graph, Tensor x) => Run(graph, x, logarithm: true);

    private static Tensor Run(Graph graph, Tensor x, bool logarithm)
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        if (logarithm)
            Kernels.LogSoftmax.Forward(x, y);
        else
            Kernels.Softmax.Forward(x, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(y);
        (node.X, node.Y, node.Logarithm) = (x, y, logarithm);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public bool Logarithm;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            if (Logarithm)
                Kernels.LogSoftmax.Backward(Y, graph.Upstream(Y), graph.Gradient(X));
            else
                Kernels.Softmax.Backward(Y, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
