using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class SoftmaxOperation
{
    /// <summary>e^x/Σ e^x over each row: [M, N]. A row of −∞ only gives NaN, as in torch.</summary>
    public static Tensor Softmax(this Graph graph, Tensor x) => Run<Softmax>(graph, x);

    /// <summary>x − ln Σ e^x over each row: [M, N]. A row of −∞ only gives NaN, as in torch.</summary>
    public static Tensor LogSoftmax(this Graph graph, Tensor x) => Run<LogSoftmax>(graph, x);

    private static Tensor Run<F>(Graph graph, Tensor x)
        where F : struct, IRowFunction
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        RowFunction<F>.Forward(x, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<F>>();
        graph.Keep(y);
        (node.X, node.Y) = (x, y);
        return y;
    }

    private sealed class Node<F> : Operation
        where F : struct, IRowFunction
    {
        public Tensor X, Y;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                RowFunction<F>.Backward(Y, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
