using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class RmsNormOperation
{
    /// <summary>
    /// y = x / √(mean(x²) + ε) · (w + offset), row by row (Zhang and Sennrich 2019): x [M, C], w [1, C].
    /// Gemma has offset 1.
    /// </summary>
    public static Tensor RmsNorm(this Graph graph, Tensor x, Tensor weight, float epsilon, float offset = 0)
    {
        Shapes.Columns("RmsNorm", "the weight", weight.Columns, x.Columns);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Norm, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        var record = graph.Wants(x, weight);
        var scales = record ? graph.Arena.Floats(x.Rows) : null;
        Kernels.RmsNorm.Forward(x, weight.Data, epsilon, offset, y, scales);
        if (!record)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(x);
        graph.Keep(weight);
        graph.Keep(scales);
        (node.X, node.Weight, node.Y, node.Offset) = (x, weight, y, offset);
        node.Scales = scales;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Weight, Y;
        public float* Scales;
        public float Offset;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.NormBackward, X, X.Node != 0 && Weight.Node != 0 ? 4 : 2, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                Kernels.RmsNorm.Backward(X, Weight.Data, Offset, Scales, dy, graph.Gradient(X));
            if (Weight.Node != 0)
                Kernels.RmsNorm.BackwardWeight(X, Scales, dy, graph.Gradient(Weight));
        }
    }
}
