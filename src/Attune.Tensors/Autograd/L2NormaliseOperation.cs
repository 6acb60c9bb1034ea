using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class L2NormaliseOperation
{
    /// <summary>x / max(‖x‖, ε) over each row: [M, C].</summary>
    public static Tensor L2Normalise(this Graph graph, Tensor x, float epsilon = 1e-12f)
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        var lengths = graph.Arena.Floats(x.Rows);
        RowLengths.Normalise(x, epsilon, y, lengths);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(y);
        graph.Keep(lengths);
        (node.X, node.Y) = (x, y);
        node.Lengths = lengths;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float* Lengths;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                RowLengths.NormaliseBackward(Y, Lengths, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
