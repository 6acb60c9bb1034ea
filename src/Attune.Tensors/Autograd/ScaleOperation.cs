namespace Attune.Tensors.Autograd;

public static unsafe class ScaleOperation
{
    /// <summary>x·s.</summary>
    public static Tensor Scale(this Graph graph, Tensor x, float s)
    {
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        for (var i = 0L; i < x.Count; i++)
            y.Data[i] = x.Data[i] * s;
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Factor) = (x, y, s);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public float Factor;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            Tensor dy = graph.Gradient(Y), dx = graph.Gradient(X);
            for (var i = 0L; i < dx.Count; i++)
                dx.Data[i] += dy.Data[i] * Factor;
        }
    }
}
