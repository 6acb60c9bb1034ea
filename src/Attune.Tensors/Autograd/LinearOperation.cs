using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Autograd;

public static unsafe class LinearOperation
{
    /// <summary>
    /// y = x·Wᵀ with a frozen W: x [M, W.Columns], y [M, W.Rows]. Backward: dx += dy·W; nothing is computed for W.
    /// </summary>
    public static Tensor Linear(this Graph graph, Tensor x, WeightMatrix weight)
    {
        Shapes.Columns("Linear", "the input", x.Columns, weight.Columns);
        var y = graph.Arena.Matrix(x.Rows, weight.Rows);
        MatrixProduct.Multiply(x.Rows, weight.Rows, x.Columns, x.Data, x.Columns, 1, weight.Forward, y.Data, y.Columns, accumulate: false);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Weight) = (x, y, weight);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public WeightMatrix? Weight;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Gradient(Y);
            var dx = graph.Gradient(X);
            MatrixProduct.Multiply(X.Rows, X.Columns, Y.Columns, dy.Data, dy.Columns, 1, Weight!.Transposed, dx.Data, dx.Columns, accumulate: true);
        }
    }
}
