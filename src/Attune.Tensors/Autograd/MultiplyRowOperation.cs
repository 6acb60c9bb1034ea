using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class MultiplyRowOperation
{
    /// <summary>x·r on every row, as (IA)³ scales activations (Liu et al. 2022): x [M, C], r [1, C]. dr sums dy·x over rows, ascending.</summary>
    public static Tensor MultiplyRow(this Graph graph, Tensor x, Tensor row)
    {
        Shapes.Row("MultiplyRow", "the row", row, x.Columns);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Elementwise.MultiplyRow(x, row, y);
        if (!graph.Wants(x, row))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(x);
        graph.Keep(row);
        (node.X, node.Row, node.Y) = (x, row, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Row, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ElementwiseBackward, X, 4);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                Elementwise.AddProductRow(dy, Row, graph.Gradient(X));
            if (Row.Node != 0)
                ColumnSums.AddProducts(dy, X, graph.Gradient(Row).Data);
        }
    }
}
