namespace Attune.Tensors.Autograd;

public static unsafe class LogSumExpOperation
{
    /// <summary>ln Σ_j e^(x_j) over each row: [M, N] → [M, 1]. −∞ of a row of −∞ only, where the gradient is NaN.</summary>
    public static Tensor LogSumExp(this Graph graph, Tensor x)
    {
        var y = graph.Arena.Matrix(x.Rows, 1);
        float* maxima = graph.Arena.Floats(x.Rows), logSums = graph.Arena.Floats(x.Rows);
        Kernels.LogSumExp.Rows(x, maxima, logSums);
        for (var r = 0; r < x.Rows; r++)
            y.Data[r] = maxima[r] + logSums[r];
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(x);
        (node.X, node.Y) = (x, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            // dx += dy·softmax(x)
            var p = graph.Arena.Matrix(X.Rows, X.Columns);
            Kernels.Softmax.Forward(X, p);
            Tensor dy = graph.Upstream(Y), dx = graph.Gradient(X);
            for (var r = 0; r < X.Rows; r++)
                Kernels.Elementwise.AddScaled(p.Slice(r, 1), dy.Data[r], dx.Slice(r, 1));
        }
    }
}
