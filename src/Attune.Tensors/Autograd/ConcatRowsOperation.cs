using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class ConcatRowsOperation
{
    /// <summary>The rows of the parts one after another: [M₁, C], [M₂, C], … → [ΣM, C].</summary>
    public static Tensor ConcatRows(this Graph graph, params ReadOnlySpan<Tensor> parts)
    {
        if (parts.Length == 0)
            throw new ArgumentException("ConcatRows: there are no parts; give at least one");
        var (rows, wanted) = (0, false);
        foreach (var part in parts)
        {
            Shapes.Columns("ConcatRows", "a part", part.Columns, parts[0].Columns);
            rows += part.Rows;
            wanted |= graph.Wants(part);
        }
        var y = graph.Arena.Matrix(rows, parts[0].Columns);
        var row = 0;
        foreach (var part in parts)
        {
            part.Span.CopyTo(y.Slice(row, part.Rows).Span);
            row += part.Rows;
        }
        if (!wanted)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        node.Y = y;
        node.Parts.Clear();
        node.Parts.AddRange(parts);
        return y;
    }

    private sealed class Node : Operation
    {
        public readonly List<Tensor> Parts = [];
        public Tensor Y;

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            var row = 0;
            foreach (var part in Parts)
            {
                if (part.Node != 0)
                    Elementwise.AddTo(dy.Slice(row, part.Rows), graph.Gradient(part));
                row += part.Rows;
            }
        }
    }
}
