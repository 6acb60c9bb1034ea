namespace Attune.Tensors.Autograd;

public static unsafe class AddBiasOperation
{
    /// <summary>x + b on every row: x [M, C], b [1, C]. db sums dy over rows, ascending.</summary>
    public static Tensor AddBias(this Graph graph, Tensor x, Tensor bias)
    {
        Shapes.Columns("AddBias", "the bias", bias.Columns, x.Columns);
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        for (var row = 0; row < x.Rows; row++)
            for (var j = 0; j < x.Columns; j++)
                y.Row(row)[j] = x.Row(row)[j] + bias.Data[j];
        if (!graph.Wants(x, bias))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Bias, node.Y) = (x, bias, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Bias, Y;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Gradient(Y);
            if (X.Node != 0)
                Kernels.Elementwise.AddTo(dy, graph.Gradient(X));
            if (Bias.Node == 0)
                return;
            var db = graph.Gradient(Bias);
            for (var row = 0; row < dy.Rows; row++)
                for (var j = 0; j < dy.Columns; j++)
                    db.Data[j] += dy.Row(row)[j];
        }
    }
}
