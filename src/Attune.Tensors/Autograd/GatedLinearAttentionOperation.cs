using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static unsafe class GatedLinearAttentionOperation
{
    /// <summary>
    /// Linear attention whose state decays by a gate for each key dimension (Yang et al. 2023, equation 3): S ← diag(g)·S + k·vᵀ, y = Sᵀ·q, for every head and sequence alone, from
    /// S = 0. q, k and gates g (in [0, 1]) [M, heads·K], v [M, heads·V] → [M, heads·V]; sequences of <paramref name="lengths"/> rows one after another.
    /// </summary>
    public static Tensor GatedLinearAttention(this Graph graph, Tensor q, Tensor k, Tensor v, Tensor gates, int heads, ReadOnlySpan<int> lengths)
    {
        Shapes.Same("GatedLinearAttention", q, k);
        Shapes.Same("GatedLinearAttention", q, gates);
        if (heads < 1 || q.Columns % heads != 0 || v.Columns % heads != 0 || v.Rows != q.Rows)
            throw new ArgumentException($"GatedLinearAttention: queries {q} and values {v} do not fit {heads} heads");
        using var _ = Profile.Measure(OperationKind.Attention, 4 * q.Count * (v.Columns / heads), 4 * (3 * q.Count + 2 * v.Count));
        var offsets = graph.Arena.Ints(lengths.Length + 1);
        offsets[0] = 0;
        for (var s = 0; s < lengths.Length; s++)
            offsets[s + 1] = checked(offsets[s] + lengths[s]);
        if (offsets[lengths.Length] != q.Rows)
            throw new ArgumentException($"GatedLinearAttention: the sequences have {offsets[lengths.Length]} rows together, the input {q}");
        var inputs = new GatedHeads { Q = q, K = k, V = v, G = gates, Offsets = offsets, Sequences = lengths.Length, Heads = heads };
        var y = graph.Arena.Matrix(v.Rows, v.Columns);
        Kernels.GatedLinearAttention.Forward(inputs, y);
        if (!graph.Wants(q, k, v) && !graph.Wants(gates))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(q);
        graph.Keep(k);
        graph.Keep(v);
        graph.Keep(gates);
        graph.Keep(offsets);
        (node.In, node.Y) = (inputs, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public GatedHeads In;
        public Tensor Y;

        internal override OperationWork BackwardWork(Graph graph) => new(OperationKind.AttentionBackward, 12 * In.Q.Count * In.ValueWidth, 8 * (3 * In.Q.Count + 2 * In.V.Count));

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Kernels.GatedLinearAttention.Backward(In, graph.Upstream(Y), Wanted(graph, In.Q), Wanted(graph, In.K), Wanted(graph, In.V), Wanted(graph, In.G));
        }

        private static float* Wanted(Graph graph, Tensor x) => x.Node != 0 ? graph.Gradient(x).Data : null;
    }
}
