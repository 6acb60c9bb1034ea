using Attune.Tensors.Kernels;
using Attune.Tensors.Weights;

namespace Attune.Tensors.Autograd;

public static unsafe class LinearCrossEntropyOperation
{
    /// <summary>Most logits in memory at once: 32 MiB.</summary>
    private const int ChunkElements = 8 << 20;

    /// <summary>
    /// The mean of −ln softmax(x·Wᵀ)[label] over the rows whose label is not <see cref="CrossEntropyOperation.Ignore"/>: x [M, C], W frozen [V, C] → [1, 1].
    /// Equal bit for bit to <see cref="CrossEntropyOperation"/> over <see cref="LinearOperation"/>, but logits and their gradients exist for
    /// some rows at a time only: where x wants a gradient, it is computed with the loss, and multiplied in the backward pass.
    /// </summary>
    public static Tensor LinearCrossEntropy(this Graph graph, Tensor x, WeightMatrix weight, ReadOnlySpan<int> labels)
    {
        Shapes.Columns("LinearCrossEntropy", "the input", x.Columns, weight.Columns);
        if (graph.Precision == Precision.Fast && !graph.Recording)
            return graph.CrossEntropy(graph.Linear(x, weight), labels);
        var rows = Rows(graph, x, labels, weight.Rows);
        var wanted = graph.Wants(x);
        var dx = wanted ? graph.Arena.Matrix(x.Rows, x.Columns) : default;
        var y = graph.Arena.Matrix(1, 1);
        y.Data[0] = Run(graph, x, weight, rows, dx);
        if (!wanted)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(dx);
        (node.X, node.Y, node.Dx) = (x, y, dx);
        return y;
    }

    private static CrossEntropyRow* Rows(Graph graph, Tensor x, ReadOnlySpan<int> labels, int classes)
    {
        if (labels.Length != x.Rows)
            throw new ArgumentException($"LinearCrossEntropy: {labels.Length} labels for the input {x}");
        var rows = (CrossEntropyRow*)graph.Arena.Take((long)labels.Length * sizeof(CrossEntropyRow));
        var counted = 0;
        for (var r = 0; r < labels.Length; r++)
        {
            var label = labels[r];
            if (label != CrossEntropyOperation.Ignore && (uint)label >= (uint)classes)
                throw new ArgumentException($"LinearCrossEntropy: label {label} of row {r} is outside {classes} classes");
            rows[r] = new CrossEntropyRow { Label = label == CrossEntropyOperation.Ignore ? -1 : label };
            counted += label == CrossEntropyOperation.Ignore ? 0 : 1;
        }
        for (var r = 0; r < labels.Length; r++)
            rows[r].Scale = (float)(1.0 / counted);
        return rows;
    }

    private static float Run(Graph graph, Tensor x, WeightMatrix weight, CrossEntropyRow* rows, Tensor dx)
    {
        var chunk = Math.Clamp(ChunkElements / weight.Rows / 12 * 12, 12, Math.Max(12, x.Rows));
        var logits = graph.Arena.Matrix(Math.Min(chunk, x.Rows), weight.Rows);
        var (loss, counted, one) = (0.0, false, 1f);
        for (var start = 0; start < x.Rows; start += chunk)
        {
            var part = logits.Slice(0, Math.Min(chunk, x.Rows - start));
            var input = x.Slice(start, part.Rows);
            using (Profile.Measure(WorkOf.Linear(input, weight, graph)))
                graph.Multiply(part.Rows, part.Columns, x.Columns, x.Row(start), x.Columns, 1, weight.Forward, part.Data, part.Columns, accumulate: false);
            using (Profile.Measure(WorkOf.Elements(OperationKind.CrossEntropy, part, 1)))
                CrossEntropy.Forward(part, rows + start, null, 0);
            for (var r = start; r < start + part.Rows; r++)
                if (rows[r].Label >= 0)
                    (loss, counted) = (loss + rows[r].Loss * rows[r].Scale, true);
            if (dx.IsEmpty)
                continue;
            using (Profile.Measure(WorkOf.Elements(OperationKind.CrossEntropyBackward, part, 2)))
                CrossEntropy.BackwardInPlace(part, rows + start, &one);
            using (Profile.Measure(WorkOf.LinearBackward(input, weight, graph)))
                graph.Multiply(part.Rows, x.Columns, part.Columns, part.Data, part.Columns, 1, weight.Transposed, dx.Row(start), x.Columns, accumulate: false);
        }
        return counted ? (float)loss : float.NaN;
    }

    private sealed class Node : Operation
    {
        public Tensor X, Y, Dx;

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Elementwise.AddScaled(Dx, graph.Upstream(Y).Data[0], graph.Gradient(X));
        }
    }
}
