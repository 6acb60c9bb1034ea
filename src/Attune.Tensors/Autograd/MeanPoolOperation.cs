namespace Attune.Tensors.Autograd;

public static unsafe class MeanPoolOperation
{
    /// <summary>The mean of each run of rows: x [M, C], runs of <paramref name="lengths"/> rows one after another → [runs, C].</summary>
    public static Tensor MeanPool(this Graph graph, Tensor x, ReadOnlySpan<int> lengths)
    {
        var y = graph.Arena.Zeros(lengths.Length, x.Columns);
        var row = 0;
        for (var r = 0; r < lengths.Length; r++)
        {
            for (var i = 0; i < lengths[r]; i++, row++)
                for (var j = 0; j < x.Columns; j++)
                    y.Row(r)[j] += x.Row(row)[j];
            for (var j = 0; j < x.Columns; j++)
                y.Row(r)[j] /= lengths[r];
        }
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.X, node.Y) = (x, y);
        node.Lengths = graph.Arena.Ints(lengths.Length);
        lengths.CopyTo(new Span<int>(node.Lengths, lengths.Length));
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y;
        public int* Lengths;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            Tensor dy = graph.Gradient(Y), dx = graph.Gradient(X);
            var row = 0;
            for (var r = 0; r < Y.Rows; r++)
                for (var i = 0; i < Lengths[r]; i++, row++)
                    for (var j = 0; j < X.Columns; j++)
                        dx.Row(row)[j] += dy.Row(r)[j] / Lengths[r];
        }
    }
}
