using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class AddBiasOperation
{
    /// <summary>x + b on every row: x [M, C], b [1, C]. db sums dy over rows, ascending.</summary>
    public static Tensor AddBias(this Graph graph, Tensor x, Tensor bias)
    {
        Shapes.Row("AddBias", "the bias", bias, x.Columns);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Elementwise.AddRow(x, bias, y);
        if (!graph.Wants(x, bias))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Row, node.Y) = (x, bias, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Row, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ElementwiseBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                graph.Pass(Y, X);
            if (Row.Node != 0)
                ColumnSums.Add(dy, graph.Gradient(Row).Data);
        }
    }
}
