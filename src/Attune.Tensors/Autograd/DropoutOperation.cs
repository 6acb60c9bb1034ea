namespace Attune.Tensors.Autograd;

public static unsafe class DropoutOperation
{
    /// <summary>
    /// Each element is 0 with probability <paramref name="rate"/>, otherwise x/(1 − rate) (Srivastava et al. 2014, inverted). The mask
    /// is drawn element by element from <paramref name="random"/>, so it is the same for any number of threads.
    /// </summary>
    public static Tensor Dropout(this Graph graph, Tensor x, float rate, SeededRandom random)
    {
        if (rate is < 0 or >= 1)
            throw new ArgumentException($"Dropout: the rate is {rate}, it must be at least 0 and below 1");
        if (rate == 0)
            return x;
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        var mask = graph.Arena.Floats(x.Count);
        var keep = 1 / (1 - rate);
        for (var i = 0L; i < x.Count; i++)
        {
            mask[i] = random.NextDouble() < rate ? 0 : keep;
            y.Data[i] = x.Data[i] * mask[i];
        }
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y) = (x, y);
        node.Mask = mask;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float* Mask;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            Tensor dy = graph.Gradient(Y), dx = graph.Gradient(X);
            for (var i = 0L; i < dx.Count; i++)
                dx.Data[i] += dy.Data[i] * Mask[i];
        }
    }
}
