using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class TotalOperation
{
    /// <summary>The sum of all elements: [M, N] → [1, 1]. Blocks of 1,024 in float32, blocks added in float64.</summary>
    public static Tensor Sum(this Graph graph, Tensor x) => Run(graph, x, 1);

    /// <summary>The mean of all elements: [M, N] → [1, 1]; NaN of none.</summary>
    public static Tensor Mean(this Graph graph, Tensor x) => Run(graph, x, x.Count);

    private static Tensor Run(Graph graph, Tensor x, double divisor)
    {
        var y = graph.Arena.Matrix(1, 1);
        var work = (double*)graph.Arena.Take(MatrixSums.WorkBytes(x.Count));
        y.Data[0] = (float)(MatrixSums.Sum(x.Data, null, x.Count, work) / divisor);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Divisor) = (x, y, divisor);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public double Divisor;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Elementwise.AddConstant((float)(graph.Upstream(Y).Data[0] / Divisor), graph.Gradient(X));
        }
    }
}
