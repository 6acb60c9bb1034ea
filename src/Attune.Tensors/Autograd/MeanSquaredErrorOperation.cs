using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class MeanSquaredErrorOperation
{
    /// <summary>Σ (a − target)², divided by the number of elements where the reduction is the mean: [M, N], [M, N] → [1, 1].</summary>
    public static Tensor MeanSquaredError(this Graph graph, Tensor a, Tensor target, Reduction reduction = Reduction.Mean)
    {
        Shapes.Same("MeanSquaredError", a, target);
        if (reduction == Reduction.None)
            throw new ArgumentException("MeanSquaredError: the reduction None is not offered; use Subtract and Multiply");
        var divisor = reduction == Reduction.Mean ? a.Count : 1.0;
        var y = graph.Arena.Matrix(1, 1);
        var work = (double*)graph.Arena.Take(MatrixSums.WorkBytes(a.Count));
        y.Data[0] = (float)(MatrixSums.Sum(a.Data, target.Data, a.Count, work) / divisor);
        if (!graph.Wants(a, target))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(a);
        graph.Keep(target);
        (node.A, node.Target, node.Y, node.Divisor) = (a, target, y, divisor);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor A, Target, Y;
        public double Divisor;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var scale = (float)(2 * graph.Upstream(Y).Data[0] / Divisor);
            if (A.Node != 0)
                Elementwise.AddScaledDifference(A, Target, scale, graph.Gradient(A));
            if (Target.Node != 0)
                Elementwise.AddScaledDifference(A, Target, -scale, graph.Gradient(Target));
        }
    }
}
