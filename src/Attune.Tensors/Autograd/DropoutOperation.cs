namespace Attune.Tensors.Autograd;

public static class DropoutOperation
{
    /// <summary>
    /// Each element is 0 with probability <paramref name="rate"/>, otherwise x/(1 − rate) (Srivastava et al. 2014, inverted). One number
    /// is drawn from <paramref name="random"/>; the mask is a function of it and of each element's place, the same for any
    /// number of threads. Rate 0 draws nothing and returns x itself.
    /// </summary>
    public static Tensor Dropout(this Graph graph, Tensor x, float rate, SeededRandom random)
    {
        if (!(rate >= 0 && rate < 1))
            throw new ArgumentException($"Dropout: the rate is {rate}, it must be at least 0 and below 1");
        if (rate == 0)
            return x;
        var key = graph.Draw(random);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Elementwise, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Kernels.Dropout.Apply(x, rate, key, add: false, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Rate, node.Key) = (x, y, rate, key);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float Rate;
        public ulong Key;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ElementwiseBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Kernels.Dropout.Apply(graph.Upstream(Y), Rate, Key, add: true, graph.Gradient(X));
        }
    }
}
