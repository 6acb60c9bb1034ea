using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class BatchedProductOperation
{
    /// <summary>
    /// Products of blocks: a [batches·M, K] with b [batches·K, N], or its transpose [batches·N, K] where <paramref name="transposed"/> → [batches·M, N];
    /// block i of y is block i of a times block i of b. Always in float32.
    /// </summary>
    public static Tensor BatchedProduct(this Graph graph, Tensor a, Tensor b, int batches, bool transposed = false)
    {
        int inner = a.Columns, columns = transposed ? b.Rows / Math.Max(1, batches) : b.Columns, depth = transposed ? b.Columns : b.Rows / Math.Max(1, batches);
        if (batches < 0 || a.Rows != a.Rows / Math.Max(1, batches) * batches || b.Rows != b.Rows / Math.Max(1, batches) * batches || depth != inner)
            throw new ArgumentException($"BatchedProduct: {a} and {b}{(transposed ? " transposed" : "")} do not fit as {batches} blocks");
        using var _ = Profile.Measure(OperationKind.Product, 2L * a.Rows * inner * columns, 4 * (a.Count + b.Count + (long)a.Rows * columns));
        var y = graph.Arena.Matrix(a.Rows, columns);
        var node = new Shape(batches, a, b, transposed, columns);
        node.Forward(y);
        if (!graph.Wants(a, b))
            return y;
        y = graph.Track(y);
        var record = graph.Record<Node>();
        if (a.Node != 0)
            graph.Keep(b);
        if (b.Node != 0)
            graph.Keep(a);
        (record.Shape, record.Y) = (node, y);
        return y;
    }

    private readonly struct Shape(int batches, Tensor a, Tensor b, bool transposed, int n)
    {
        private readonly int m = batches == 0 ? 0 : a.Rows / batches;

        private int K => A.Columns;

        public Tensor A { get; } = a;

        public Tensor B { get; } = b;

        public void Forward(Tensor y) => BatchedProducts.Multiply(batches, m, n, K, Rows(A, m), transposed ? Turned(B, n) : Rows(B, K), y.Data, accumulate: false);

        /// <summary>dA = dY·Bᵀ.</summary>
        public void BackwardA(Tensor dy, float* da, bool accumulate) =>
            BatchedProducts.Multiply(batches, m, K, n, Rows(dy, m), transposed ? Rows(B, n) : Turned(B, K), da, accumulate);

        /// <summary>dB = Aᵀ·dY, or where B is transposed dYᵀ·A.</summary>
        public void BackwardB(Tensor dy, float* db, bool accumulate)
        {
            if (transposed)
                BatchedProducts.Multiply(batches, n, K, m, Turned(dy, m), Rows(A, m), db, accumulate);
            else
                BatchedProducts.Multiply(batches, K, n, m, Turned(A, m), Rows(dy, m), db, accumulate);
        }

        private static BatchedFactor Rows(Tensor x, int each) => new() { Data = x.Data, Batch = (long)each * x.Columns, Row = x.Columns, Column = 1 };

        private static BatchedFactor Turned(Tensor x, int each) => new() { Data = x.Data, Batch = (long)each * x.Columns, Row = 1, Column = x.Columns };
    }

    private sealed class Node : Operation
    {
        public Shape Shape;
        public Tensor Y;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.ProductBackward, 4L * Shape.A.Count * Y.Columns, 8 * (Shape.A.Count + Shape.B.Count + Y.Count));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (Shape.A.Node != 0)
                Shape.BackwardA(dy, graph.Gradient(Shape.A, out var first).Data, !first);
            if (Shape.B.Node != 0)
                Shape.BackwardB(dy, graph.Gradient(Shape.B, out var first).Data, !first);
        }
    }
}
