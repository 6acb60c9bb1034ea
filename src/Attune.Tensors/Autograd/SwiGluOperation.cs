namespace Attune.Tensors.Autograd;

public static unsafe class SwiGluOperation
{
    /// <summary>silu(gate)·up, element by element (Shazeer 2020): both [M, C].</summary>
    public static Tensor SwiGlu(this Graph graph, Tensor gate, Tensor up)
    {
        Shapes.Same("SwiGlu", gate, up);
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Activation, gate, 3));
        var y = graph.Arena.Matrix(gate.Rows, gate.Columns);
        Kernels.SwiGlu.Forward(gate, up, y);
        if (!graph.Wants(gate, up))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node>();
        graph.Keep(gate);
        graph.Keep(up);
        (node.Gate, node.Up, node.Y) = (gate, up, y);
        return y;
    }

    private sealed class Node : Operation
    {
        public Tensor Gate, Up, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Elements(OperationKind.ActivationBackward, Gate, graph.HasGradient(Gate) ? 7 : 5);

        internal override void Backward(Graph graph)
        {
            if (!graph.HasGradient(Y))
                return;
            bool firstGate = false, firstUp = false;
            var dGate = Gate.Node != 0 ? graph.Gradient(Gate, out firstGate).Data : null;
            var dUp = Up.Node != 0 ? graph.Gradient(Up, out firstUp).Data : null;
            // Where one tensor is both, the kernel writes the gradient of up first.
            if (Gate.Node == Up.Node)
                (firstGate, firstUp) = (false, firstGate);
            Kernels.SwiGlu.Backward(Gate, Up, graph.Upstream(Y), dGate, dUp, firstGate, firstUp);
        }
    }
}
