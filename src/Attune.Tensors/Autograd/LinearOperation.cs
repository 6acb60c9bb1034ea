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
        if (graph.BrainProducts)
        {
            using var _ = Profile.Measure(WorkOf.Linear(x, weight, graph));
            graph.Multiply(x.Rows, weight.Rows, x.Columns, x.Data, x.Columns, 1, weight.Forward, y.Data, y.Columns, accumulate: false);
        }
        else
            FrozenProduct.Multiply(x, weight.Alone, [y], graph.Recording ? Precision.Exact : graph.Precision, graph.Arena);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Weight) = (x, y, weight);
        return y;
    }

    /// <summary>
    /// Several maps of one input, y_i = x·W_iᵀ, without gradients: rounded once, shared out once, each with the bits that it has alone.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes do not fit, or the graph records.</exception>
    public static void LinearGroup(this Graph graph, Tensor x, WeightMatrix[] weights, Span<Tensor> outputs)
    {
        if (graph.Recording || outputs.Length != weights.Length)
            throw new ArgumentException($"LinearGroup: {weights.Length} matrices with room for {outputs.Length} outputs, or a graph that records, which groups do not pass");
        for (var i = 0; i < weights.Length; i++)
        {
            Shapes.Columns("LinearGroup", "the input", x.Columns, weights[i].Columns);
            outputs[i] = graph.Arena.Matrix(x.Rows, weights[i].Rows);
        }
        FrozenProduct.Multiply(x, weights, outputs, graph.Precision, graph.Arena);
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public WeightMatrix? Weight;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.LinearBackward(X, Weight!, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            var dx = graph.Gradient(X, out var first);
            graph.Multiply(X.Rows, X.Columns, Y.Columns, dy.Data, dy.Columns, 1, Weight!.Transposed, dx.Data, dx.Columns, accumulate: !first);
        }
    }
}
