using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Running totals along each row: [M, N] → [M, N]. Down the columns: of the transpose.</summary>
public static class CumulativeOperation
{
    /// <summary>y[j] = Σ_{i≤j} x[i].</summary>
    public static Tensor CumulativeSum(this Graph graph, Tensor x) => Run(graph, x, products: false);

    /// <summary>y[j] = Π_{i≤j} x[i]. Backward takes time that grows with N².</summary>
    public static Tensor CumulativeProduct(this Graph graph, Tensor x) => Run(graph, x, products: true);

    private static Tensor Run(Graph graph, Tensor x, bool products)
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        RunningTotals.Forward(x, products, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        if (products)
            graph.Keep(x);
        (node.X, node.Y, node.Products) = (x, y, products);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public bool Products;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ElementwiseBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                RunningTotals.Backward(X, Products, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
