using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Reductions of each row to one number, [M, N] → [M, 1]; sums stand in <see cref="RowSumOperation"/>.</summary>
public static class RowReductionOperation
{
    /// <summary>The largest element; equal ones share the gradient.</summary>
    public static Tensor RowMax(this Graph graph, Tensor x) => Run<RowReductions.Extreme>(graph, x, 1);

    /// <summary>The smallest element; equal ones share the gradient.</summary>
    public static Tensor RowMin(this Graph graph, Tensor x) => Run<RowReductions.Extreme>(graph, x, -1);

    /// <summary>Π_j x[j]. Backward takes time that grows with N².</summary>
    public static Tensor RowProduct(this Graph graph, Tensor x) => Run<RowReductions.Product>(graph, x, 0);

    /// <summary>Σ (x − mean)²/(N − correction); correction 1 gives the unbiased variance, 0 the biased one.</summary>
    public static Tensor RowVariance(this Graph graph, Tensor x, int correction = 1) => Run<RowReductions.Variance>(graph, x, correction);

    /// <summary>The root of <see cref="RowVariance"/>.</summary>
    public static Tensor RowDeviation(this Graph graph, Tensor x, int correction = 1) => graph.Sqrt(graph.RowVariance(x, correction));

    /// <summary>(Σ |x|ᵖ)^(1/p), p at least 1 or ∞; the gradient of a zero row is 0.</summary>
    public static Tensor RowNorm(this Graph graph, Tensor x, double order = 2) => Run<RowReductions.Norm>(graph, x, order);

    private static Tensor Run<F>(Graph graph, Tensor x, double p)
        where F : struct, IRowReduction
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 1));
        var y = graph.Arena.Matrix(x.Rows, 1);
        RowReduction<F>.Forward(x, p, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<F>>();
        graph.Keep(x);
        graph.Keep(y);
        (node.X, node.Y, node.P) = (x, y, p);
        return y;
    }

    private sealed class Node<F> : Operation
        where F : struct, IRowReduction
    {
        public Tensor X, Y;
        public double P;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, X, 3);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                RowReduction<F>.Backward(X, P, Y, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
