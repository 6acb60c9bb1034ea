using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class AttentionBucketOperation
{
    /// <summary>
    /// y[h, c] = table[buckets[c], h]: a table of biases by bucket and head, [buckets, Heads], laid out by distance as <see cref="AttentionBias.OfDistances"/>
    /// wants it, [Heads, distances] (Raffel et al., "T5", 2020, section 2.1). The result stands in <see cref="Graph.Persistent"/>, for all layers.
    /// Backward adds to each entry of the table the gradients of its distances, in ascending order.
    /// </summary>
    /// <exception cref="ArgumentException">A bucket is outside of the table.</exception>
    public static Tensor BucketBias(this Graph graph, Tensor table, ReadOnlySpan<int> buckets)
    {
        Shapes.Indices("BucketBias", buckets, table);
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * buckets.Length * table.Columns);
        var y = graph.Persistent.Matrix(table.Columns, buckets.Length);
        for (var h = 0; h < y.Rows; h++)
            for (var c = 0; c < buckets.Length; c++)
                y.Row(h)[c] = table.Row(buckets[c])[h];
        if (!graph.Wants(table))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        (node.Table, node.Y) = (table, y);
        node.Buckets = graph.Persistent.Ints(buckets.Length);
        buckets.CopyTo(new Span<int>(node.Buckets, buckets.Length));
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor Table, Y;
        public int* Buckets;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 4 * 3 * Y.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var (from, to) = (graph.Upstream(Y), graph.Gradient(Table));
            for (var h = 0; h < from.Rows; h++)
                for (var c = 0; c < from.Columns; c++)
                    to.Row(Buckets[c])[h] += from.Row(h)[c];
        }
    }
}
