using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Autograd;

public static unsafe class LinearOperation
{
    /// <summary>
    /// y = x·Wᵀ with a frozen W: x [M, W.Columns], y [M, W.Rows]. Backward: dx += dy·W; nothing is computed for W.
    /// A graph of <see cref="Precision.Fast"/> that does not record rounds x first: to bytes by blocks of 32 under quantised weights (a NaN
    /// or infinity in a row then makes all its outputs NaN), to bfloat16 under BF16 and F16 weights.
    /// </summary>
    public static Tensor Linear(this Graph graph, Tensor x, WeightMatrix weight)
    {
        Shapes.Columns("Linear", "the input", x.Columns, weight.Columns);
        var y = graph.Arena.Matrix(x.Rows, weight.Rows);
        if (graph.Precision == Precision.Fast && !graph.Recording && weight.HasFastProduct)
        {
            Fast(graph, x, weight, y);
            return y;
        }
        Exact(x, weight, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Weight) = (x, y, weight);
        return y;
    }

    private static void Exact(Tensor x, WeightMatrix weight, Tensor y) =>
        MatrixProduct.Multiply(x.Rows, weight.Rows, x.Columns, x.Data, x.Columns, 1, weight.Forward, y.Data, y.Columns, accumulate: false);

    private static void Fast(Graph graph, Tensor x, WeightMatrix weight, Tensor y)
    {
        if (weight is QuantisedMatrix quantised)
        {
            IntegerProduct.Multiply(x.Data, x.Rows, quantised, y.Data, graph.Arena);
            return;
        }
        var rounded = graph.Arena.Matrix(x.Rows, x.Columns);
        BrainActivations.Round(x.Data, x.Count, rounded.Data);
        Exact(rounded, weight, y);
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public WeightMatrix? Weight;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            var dx = graph.Gradient(X, out var first);
            MatrixProduct.Multiply(X.Rows, X.Columns, Y.Columns, dy.Data, dy.Columns, 1, Weight!.Transposed, dx.Data, dx.Columns, accumulate: !first);
        }
    }
}
