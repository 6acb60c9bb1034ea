namespace Attune.Tensors.Autograd;

public static unsafe class GatherRowsOperation
{
    /// <summary>The rows of x at <paramref name="rows"/>, which may repeat: [M, C] → [n, C]. Backward adds each row's gradient to its source, in order.</summary>
    public static Tensor GatherRows(this Graph graph, Tensor x, ReadOnlySpan<int> rows)
    {
        var y = graph.Arena.Matrix(rows.Length, x.Columns);
        for (var i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)x.Rows)
                throw new ArgumentException($"GatherRows: row {rows[i]} of {x}");
            x[rows[i]].CopyTo(y[i]);
        }
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y) = (x, y);
        node.Rows = graph.Arena.Ints(rows.Length);
        rows.CopyTo(new Span<int>(node.Rows, rows.Length));
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public int* Rows;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            Tensor dy = graph.Gradient(Y), dx = graph.Gradient(X);
            for (var i = 0; i < Y.Rows; i++)
            {
                float* from = dy.Row(i), to = dx.Row(Rows[i]);
                for (var j = 0; j < X.Columns; j++)
                    to[j] += from[j];
            }
        }
    }
}
