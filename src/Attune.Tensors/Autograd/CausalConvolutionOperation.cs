using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class CausalConvolutionOperation
{
    /// <summary>
    /// A convolution of each channel over itself and the k − 1 rows before it in its sequence, as state-space models have it:
    /// y[t,c] = b[c] + Σ_j w[c,j]·x[t − k + 1 + j, c]; x [M, C], w [C, k], b [1, C] or empty, sequences of <paramref name="lengths"/> rows one after another.
    /// </summary>
    /// <param name="past">The k − 1 rows before each sequence, [sequences·(k − 1), C], the oldest first; empty: zeros. They get no gradient.</param>
    public static Tensor CausalConvolution(this Graph graph, Tensor x, Tensor weight, Tensor bias, ReadOnlySpan<int> lengths, Tensor past = default)
    {
        if (weight.Rows != x.Columns || weight.Columns == 0)
            throw new ArgumentException($"CausalConvolution: the weight is {weight}, expected a row for each column of {x}");
        if (!bias.IsEmpty)
            Shapes.Row("CausalConvolution", "the bias", bias, x.Columns);
        if (!past.IsEmpty && (past.Columns != x.Columns || past.Rows != lengths.Length * (weight.Columns - 1)))
            throw new ArgumentException($"CausalConvolution: the rows before are {past}, expected [{lengths.Length * (weight.Columns - 1)}, {x.Columns}]");
        using var _ = Profile.Measure(OperationKind.Elementwise, 2 * x.Count * weight.Columns, 8 * x.Count);
        var rows = Rows(graph, x, lengths);
        var taps = graph.Arena.Matrix(weight.Columns, weight.Rows);
        Transposition.Matrix(weight, taps);
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Kernels.CausalConvolution.Forward(x, taps, bias.Data, rows, past, y);
        if (!graph.Wants(x, weight, bias))
            return y;
        if (!past.IsEmpty)
            throw new ArgumentException("CausalConvolution: rows before the sequences pass no gradient; give whole sequences in training");
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(rows);
        graph.Keep(taps);
        if (weight.Node != 0)
            graph.Keep(x);
        (node.X, node.Weight, node.Bias, node.Taps, node.Y) = (x, weight, bias, taps, y);
        node.Rows = rows;
        return y;
    }

    private static ConvolutionRow* Rows(Graph graph, Tensor x, ReadOnlySpan<int> lengths)
    {
        var rows = (ConvolutionRow*)graph.Arena.Take((long)x.Rows * sizeof(ConvolutionRow));
        var row = 0;
        for (var sequence = 0; sequence < lengths.Length; sequence++)
            for (var place = 0; place < lengths[sequence] && row < x.Rows; place++)
                rows[row++] = new ConvolutionRow(sequence, place);
        var total = 0L;
        foreach (var length in lengths)
            total += length >= 0 ? length : throw new ArgumentException($"CausalConvolution: a sequence has {length} rows");
        return total == x.Rows ? rows : throw new ArgumentException($"CausalConvolution: the sequences have {total} rows together, the input {x}");
    }

    private sealed class Node : Operation
    {
        public Tensor X, Weight, Bias, Taps, Y;
        public ConvolutionRow* Rows;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.ElementwiseBackward, 4 * X.Count * Taps.Rows, 16 * X.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            var dy = graph.Upstream(Y);
            if (X.Node != 0)
                Kernels.CausalConvolution.Backward(Taps, Rows, dy, graph.Gradient(X));
            if (Bias.Node != 0)
                ColumnSums.Add(dy, graph.Gradient(Bias).Data);
            if (Weight.Node == 0)
                return;
            var dTaps = graph.Arena.Zeros(Taps.Rows, Taps.Columns);
            Kernels.CausalConvolution.BackwardTaps(X, Rows, dy, dTaps);
            var turned = graph.Arena.Matrix(Weight.Rows, Weight.Columns);
            Transposition.Matrix(dTaps, turned);
            Elementwise.AddTo(turned, graph.Gradient(Weight));
        }
    }
}
