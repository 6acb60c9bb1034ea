namespace Attune.Tensors.Autograd;

public static unsafe class LayerNormOperation
{
    /// <summary>y = (x − mean)/√(var + ε)·w + b, row by row (Ba et al. 2016): x [M, C], w and b [1, C] or empty.</summary>
    public static Tensor LayerNorm(this Graph graph, Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        if (!weight.IsEmpty)
            Shapes.Columns("LayerNorm", "the weight", weight.Columns, x.Columns);
        if (!bias.IsEmpty)
            Shapes.Columns("LayerNorm", "the bias", bias.Columns, x.Columns);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Norm, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        var record = graph.Wants(x, weight, bias);
        var statistics = record ? graph.Arena.Floats(2L * x.Rows) : null;
        Kernels.LayerNorm.Forward(x, weight.Data, bias.Data, epsilon, y, statistics);
        if (!record)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(x);
        graph.Keep(weight);
        graph.Keep(statistics);
        (node.X, node.Weight, node.Bias, node.Y) = (x, weight, bias, y);
        node.Statistics = statistics;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Weight, Bias, Y;
        public float* Statistics;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.NormBackward, X, X.Node != 0 && Weight.Node != 0 ? 4 : 2, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                Kernels.LayerNorm.Backward(X, Weight.Data, Statistics, dy, graph.Gradient(X));
            var dw = Weight.Node != 0 ? graph.Gradient(Weight).Data : null;
            var db = Bias.Node != 0 ? graph.Gradient(Bias).Data : null;
            if (dw is not null || db is not null)
                Kernels.LayerNorm.BackwardWeights(X, Statistics, dy, dw, db);
        }
    }
}
