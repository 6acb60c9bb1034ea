using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Columns taken out of a matrix and put side by side; nothing is kept but the runs.</summary>
public static unsafe class ColumnsOperation
{
    /// <summary>The columns [start, start + count): [M, C] → [M, count].</summary>
    public static Tensor SliceColumns(this Graph graph, Tensor x, int start, int count) => graph.GatherColumns(x, [new ColumnRun(start, count)]);

    /// <summary>
    /// The columns of the runs one after another: [M, C] → [M, Σ count]. Runs may overlap; backward adds them in order. It takes q, k or v out of a fused
    /// projection, also where they are interleaved head by head.
    /// </summary>
    public static Tensor GatherColumns(this Graph graph, Tensor x, ReadOnlySpan<ColumnRun> runs)
    {
        var columns = 0;
        foreach (var run in runs)
        {
            if (run.Start < 0 || run.Count < 0 || run.Start + run.Count > x.Columns)
                throw new ArgumentException($"GatherColumns: columns {run.Start} to {run.Start + run.Count} are outside {x}");
            columns = checked(columns + run.Count);
        }
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * x.Rows * columns);
        var copy = (ColumnRun*)graph.Arena.Take((long)runs.Length * sizeof(ColumnRun));
        runs.CopyTo(new Span<ColumnRun>(copy, runs.Length));
        var y = graph.Arena.Matrix(x.Rows, columns);
        ColumnCopies.Copy(x, copy, runs.Length, y, gathered: true, add: false);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Gathered>();
        graph.Keep(copy);
        (node.X, node.Y, node.Count) = (x, y, runs.Length);
        node.Runs = copy;
        return y;
    }

    /// <summary>The columns of the parts side by side: [M, C₁], [M, C₂], … → [M, ΣC].</summary>
    public static Tensor ConcatColumns(this Graph graph, params ReadOnlySpan<Tensor> parts)
    {
        if (parts.Length == 0)
            throw new ArgumentException("ConcatColumns: there are no parts; give at least one");
        var (columns, wanted) = (0, false);
        foreach (var part in parts)
        {
            if (part.Rows != parts[0].Rows)
                throw new ArgumentException($"ConcatColumns: a part is {part}, expected {parts[0].Rows} rows");
            columns = checked(columns + part.Columns);
            wanted |= graph.Wants(part);
        }
        using var _ = Profile.Measure(OperationKind.Rows, 0, 8L * parts[0].Rows * columns);
        var y = graph.Arena.Matrix(parts[0].Rows, columns);
        var at = 0;
        foreach (var part in parts)
        {
            var run = new ColumnRun(at, part.Columns);
            ColumnCopies.Copy(part, &run, 1, y, gathered: false, add: false);
            at += part.Columns;
        }
        if (!wanted)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Joined>();
        node.Y = y;
        node.Parts.Clear();
        node.Parts.AddRange(parts);
        return y;
    }

    private sealed class Gathered : Operation
    {
        public Tensor X, Y;
        public ColumnRun* Runs;
        public int Count;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 4 * 3 * Y.Count);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                ColumnCopies.Copy(graph.Upstream(Y), Runs, Count, graph.Gradient(X), gathered: false, add: true);
        }
    }

    private sealed class Joined : Operation
    {
        public readonly List<Tensor> Parts = [];
        public Tensor Y;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.RowsBackward, 0, 4 * 3 * Y.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var at = 0;
            foreach (var part in Parts)
            {
                var run = new ColumnRun(at, part.Columns);
                at += part.Columns;
                if (part.Node == 0)
                    continue;
                var sum = graph.Gradient(part, out var first);
                ColumnCopies.Copy(graph.Upstream(Y), &run, 1, sum, gathered: true, add: !first);
            }
        }
    }
}
