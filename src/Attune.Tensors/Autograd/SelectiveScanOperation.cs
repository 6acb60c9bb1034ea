using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class SelectiveScanOperation
{
    /// <summary>
    /// The selective state-space recurrence (Gu and Dao 2023, equation 2 with the discretisation of algorithm 2): for every channel d and state n
    /// h ← e^(Δ·A)·h + Δ·B·u, y = Σ_n C·h + D·u. u and Δ (positive) [M, D], A (negative) [D, N], B and C [M, N], skip D [1, D] or empty → [M, D]; sequences of
    /// <paramref name="lengths"/> rows one after another.
    /// </summary>
    /// <param name="state">The states [sequences·D, N] before the first row, and after the call those after the last; empty: zeros. It gets no gradient.</param>
    public static Tensor SelectiveScan(this Graph graph, Tensor u, Tensor delta, Tensor a, Tensor b, Tensor c, Tensor skip, ReadOnlySpan<int> lengths, Tensor state = default)
    {
        Check(u, delta, a, b, c, skip, lengths, state);
        using var _ = Profile.Measure(OperationKind.Elementwise, 6 * u.Count * a.Columns, 4 * (3 * u.Count + 2 * b.Count));
        var record = graph.Wants(u, delta, a) || graph.Wants(b, c, skip);
        var copy = graph.Arena.Ints(lengths.Length);
        lengths.CopyTo(new Span<int>(copy, lengths.Length));
        var inputs = new ScanInputs { U = u, Delta = delta, A = a, B = b, C = c, Skip = skip, Lengths = copy, Sequences = lengths.Length };
        var initial = default(Tensor);
        if (record && !state.IsEmpty)
        {
            initial = graph.Arena.Matrix(state.Rows, state.Columns);
            state.Span.CopyTo(initial.Span);
        }
        var y = graph.Arena.Matrix(u.Rows, u.Columns);
        Kernels.SelectiveScan.Forward(inputs, state.Data, y);
        if (!record)
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        foreach (var read in (ReadOnlySpan<Tensor>)[u, delta, a, b, c, skip, initial])
            if (!read.IsEmpty)
                graph.Keep(read);
        graph.Keep(copy);
        (node.In, node.Initial, node.Y) = (inputs, initial, y);
        return y;
    }

    private static void Check(Tensor u, Tensor delta, Tensor a, Tensor b, Tensor c, Tensor skip, ReadOnlySpan<int> lengths, Tensor state)
    {
        Shapes.Same("SelectiveScan", u, delta);
        Shapes.Same("SelectiveScan", b, c);
        if (a.Rows != u.Columns || b.Columns != a.Columns || b.Rows != u.Rows)
            throw new ArgumentException($"SelectiveScan: the input {u}, A {a} and B {b} do not fit");
        if (!skip.IsEmpty)
            Shapes.Row("SelectiveScan", "the skip", skip, u.Columns);
        var rows = 0L;
        foreach (var length in lengths)
            rows += length >= 0 ? length : throw new ArgumentException($"SelectiveScan: a sequence has {length} rows");
        if (rows != u.Rows)
            throw new ArgumentException($"SelectiveScan: the sequences have {rows} rows together, the input {u}");
        if (!state.IsEmpty && (state.Rows != lengths.Length * a.Rows || state.Columns != a.Columns))
            throw new ArgumentException($"SelectiveScan: the states are {state}, expected [{lengths.Length * a.Rows}, {a.Columns}]");
    }

    private sealed class Node : Operation
    {
        public ScanInputs In;
        public Tensor Initial, Y;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.ElementwiseBackward, 20 * In.U.Count * In.A.Columns, 4 * (7 * In.U.Count + 4 * In.B.Count));

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            int blocks = Kernels.SelectiveScan.Blocks(In.U.Columns), each = checked((int)In.B.Count);
            Tensor db = graph.Arena.Matrix(blocks, each), dc = graph.Arena.Matrix(blocks, each);
            Kernels.SelectiveScan.Backward(In, Initial.Data, graph.Upstream(Y), new ScanGradients
            {
                U = Wanted(graph, In.U), Delta = Wanted(graph, In.Delta), A = Wanted(graph, In.A), Skip = Wanted(graph, In.Skip), B = db.Data, C = dc.Data,
            });
            if (In.B.Node != 0)
                ColumnSums.Add(db, graph.Gradient(In.B).Data);
            if (In.C.Node != 0)
                ColumnSums.Add(dc, graph.Gradient(In.C).Data);
        }

        private static float* Wanted(Graph graph, Tensor x) => x.Node != 0 ? graph.Gradient(x).Data : null;
    }
}
