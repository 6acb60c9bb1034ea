using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Sums over the columns of each row.</summary>
public static unsafe class RowSumOperation
{
    /// <summary>Σ_j x[r,j]: [M, N] → [M, 1].</summary>
    public static Tensor RowSum(this Graph graph, Tensor x)
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 1));
        var y = graph.Arena.Matrix(x.Rows, 1);
        RowSums.Sum(x, y.Data);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<SumNode>();
        (node.X, node.Y) = (x, y);
        return y;
    }

    /// <summary>The mean of each row: [M, N] → [M, 1]; NaN of no columns.</summary>
    public static Tensor RowMean(this Graph graph, Tensor x) => graph.Scale(graph.RowSum(x), 1f / x.Columns);

    /// <summary>Σ_j a[r,j]·b[r,j]: [M, N], [M, N] → [M, 1].</summary>
    public static Tensor RowDot(this Graph graph, Tensor a, Tensor b)
    {
        Shapes.Same("RowDot", a, b);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, a, 2));
        var y = graph.Arena.Matrix(a.Rows, 1);
        RowSums.Dot(a, b, y.Data);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var node = graph.Record<DotNode>();
        graph.Keep(a);
        graph.Keep(b);
        (node.A, node.B, node.Y) = (a, b, y);
        return y;
    }

    private sealed class SumNode : Operation
    {
        public Tensor X, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, X, 2);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dx = graph.Gradient(X);
            Binary<BinaryFunctions.Sum>.Forward(dx, graph.Upstream(Y), dx);
        }
    }

    private sealed class DotNode : Operation
    {
        public Tensor A, B, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, A, 6);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            // da += b·dy, with dy the same along a row.
            if (A.Node != 0)
                Binary<BinaryFunctions.Product>.BackwardA(A, dy, B, graph.Gradient(A));
            if (B.Node != 0)
                Binary<BinaryFunctions.Product>.BackwardA(B, dy, A, graph.Gradient(B));
        }
    }
}
