using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class ScatterAddOperation
{
    /// <summary>x with each element of <paramref name="added"/> added at its place, counted row after row: y[indices[i]] += added[i], i ascending.</summary>
    public static Tensor ScatterAdd(this Graph graph, Tensor x, Tensor added, ReadOnlySpan<int> indices)
    {
        if (indices.Length != added.Count)
            throw new ArgumentException($"ScatterAdd: {indices.Length} places for {added}");
        foreach (var index in indices)
            if ((uint)index >= x.Count)
                throw new ArgumentException($"ScatterAdd: place {index} is outside {x}");
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8 * x.Count + 12 * added.Count);
        var copy = graph.Arena.Ints(indices.Length);
        indices.CopyTo(new Span<int>(copy, indices.Length));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        x.Span.CopyTo(y.Span);
        ElementCopies.ScatterAdd(added, copy, y.Data);
        if (!graph.Wants(x, added))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(copy);
        (node.X, node.Added, node.Y) = (x, added, y);
        node.Indices = copy;
        return y;
    }

    /// <summary>x with each row of <paramref name="added"/> added to the row of its number, in order: x [M, C], added [n, C].</summary>
    public static Tensor ScatterAddRows(this Graph graph, Tensor x, Tensor added, ReadOnlySpan<int> rows)
    {
        Shapes.Columns("ScatterAddRows", "what is added", added.Columns, x.Columns);
        Shapes.Indices("ScatterAddRows", rows, x);
        var indices = new int[checked(rows.Length * x.Columns)];
        for (var i = 0; i < indices.Length; i++)
            indices[i] = rows[i / x.Columns] * x.Columns + i % x.Columns;
        return graph.ScatterAdd(x, added, indices);
    }

    private sealed class Node : Operation
    {
        public Tensor X, Added, Y;
        public int* Indices;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 16 * Added.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            if (Added.Node != 0)
            {
                var given = graph.Arena.Matrix(Added.Rows, Added.Columns);
                ElementCopies.Gather(graph.Upstream(Y).Data, Indices, 0, given);
                Elementwise.AddTo(given, graph.Gradient(Added));
            }
            if (X.Node != 0)
                graph.Pass(Y, X);
        }
    }
}
