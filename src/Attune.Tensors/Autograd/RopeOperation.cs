using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class RopeOperation
{
    /// <summary>
    /// Rotary position embedding (Su et al. 2021) of x [M, heads · headDim]; row r stands at positions[r].
    /// </summary>
    public static Tensor Rope(this Graph graph, Tensor x, RopeTable table, ReadOnlySpan<int> positions, int heads, int headDim)
    {
        Check(x, table, positions, heads, headDim);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Rope, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Kernels.Rope.Apply(x, table, positions, heads, headDim, 1, false, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y, node.Table, node.Heads, node.HeadDim) = (x, y, table, heads, headDim);
        node.Positions = graph.Arena.Ints(positions.Length);
        graph.Keep(node.Positions);
        positions.CopyTo(new Span<int>(node.Positions, positions.Length));
        return y;
    }

    private static void Check(Tensor x, RopeTable table, ReadOnlySpan<int> positions, int heads, int headDim)
    {
        Shapes.Columns("Rope", "the input", x.Columns, heads * headDim);
        if (positions.Length != x.Rows)
            throw new ArgumentException($"Rope: {positions.Length} positions for the input {x}");
        if (table.Settings.RotaryDims > headDim)
            throw new ArgumentException($"Rope: {table.Settings.RotaryDims} dimensions rotate but a head has {headDim}");
        foreach (var position in positions)
            if (position < 0)
                throw new ArgumentException($"Rope: position {position} is negative");
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public RopeTable? Table;
        public int* Positions;
        public int Heads, HeadDim;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.RopeBackward, X, 1, graph);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dx = graph.Gradient(X, out var first);
            Kernels.Rope.Apply(graph.Upstream(Y), Table!, new ReadOnlySpan<int>(Positions, X.Rows), Heads, HeadDim, -1, accumulate: !first, dx);
        }
    }
}
