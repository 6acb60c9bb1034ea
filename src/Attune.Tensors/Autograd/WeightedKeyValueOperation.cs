using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class WeightedKeyValueOperation
{
    /// <summary>Rows of a sequence's state: numerator, denominator, exponent.</summary>
    public const int StateRows = Kernels.WeightedKeyValue.StateRows;

    /// <summary>The exponent of a state before the first token.</summary>
    public const float NoExponent = Kernels.WeightedKeyValue.Nothing;

    /// <summary>
    /// RWKV's attention (Peng et al. 2023, equation 16), each channel alone: y_t = (Σ_{i&lt;t} e^{(t−1−i)w + k_i} v_i + e^{u + k_t} v_t) / (the same without v). k and v [M, C], the decay
    /// w (negative) and u [1, C]; sequences of <paramref name="lengths"/> rows one after another.
    /// </summary>
    /// <param name="state">States [3·sequences, C] before the first row, and after the call those behind the last; empty: none. In inference only.</param>
    public static Tensor WeightedKeyValue(this Graph graph, Tensor k, Tensor v, Tensor decay, Tensor first, ReadOnlySpan<int> lengths, Tensor state = default)
    {
        Shapes.Same("WeightedKeyValue", k, v);
        Shapes.Row("WeightedKeyValue", "the decay", decay, k.Columns);
        Shapes.Row("WeightedKeyValue", "the first key's weight", first, k.Columns);
        if (!state.IsEmpty && (state.Rows != StateRows * lengths.Length || state.Columns != k.Columns))
            throw new ArgumentException($"WeightedKeyValue: the states are {state}, expected [{StateRows * lengths.Length}, {k.Columns}]");
        var rows = 0L;
        foreach (var length in lengths)
            rows += length >= 0 ? length : throw new ArgumentException($"WeightedKeyValue: a sequence has {length} rows");
        if (rows != k.Rows)
            throw new ArgumentException($"WeightedKeyValue: the sequences have {rows} rows together, the keys {k}");
        using var _ = Profile.Measure(OperationKind.Elementwise, 30 * k.Count, 12 * k.Count);
        var copy = graph.Arena.Ints(lengths.Length);
        lengths.CopyTo(new Span<int>(copy, lengths.Length));
        var y = graph.Arena.Matrix(k.Rows, k.Columns);
        Kernels.WeightedKeyValue.Forward(new() { K = k, V = v, Y = y, Decay = decay.Data, First = first.Data, Lengths = copy, Sequences = lengths.Length, State = state.Data });
        if (!graph.Wants(k, v) && !graph.Wants(decay, first))
            return y;
        if (!state.IsEmpty)
            throw new ArgumentException("WeightedKeyValue: a state passes no gradient; give whole sequences in training");
        y = graph.Track(y);
        var node = graph.Record<Node>();
        foreach (var read in (ReadOnlySpan<Tensor>)[k, v, decay, first])
            graph.Keep(read);
        graph.Keep(copy);
        (node.K, node.V, node.Decay, node.First, node.Y, node.Sequences) = (k, v, decay, first, y, lengths.Length);
        node.Lengths = copy;
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor K, V, Decay, First, Y;
        public int* Lengths;
        public int Sequences;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.ElementwiseBackward, 70 * K.Count, 24 * K.Count);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            Kernels.WeightedKeyValue.Backward(new()
            {
                K = K, V = V, Y = graph.Upstream(Y), Decay = Decay.Data, First = First.Data, Lengths = Lengths, Sequences = Sequences,
                DK = Wanted(graph, K), DV = Wanted(graph, V), DDecay = Wanted(graph, Decay), DFirst = Wanted(graph, First),
            });
        }

        private static float* Wanted(Graph graph, Tensor x) => x.Node != 0 ? graph.Gradient(x).Data : null;
    }
}
