using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class ActivationOperation
{
    /// <summary>x·σ(x), σ(x) = 1/(1 + e^−x) (Elfwing et al. 2017).</summary>
    public static Tensor Silu(this Graph graph, Tensor x) => Run<Activations.Silu>(graph, x);

    /// <summary>1/(1 + e^−x).</summary>
    public static Tensor Sigmoid(this Graph graph, Tensor x) => Run<Activations.Sigmoid>(graph, x);

    /// <summary>tanh x.</summary>
    public static Tensor Tanh(this Graph graph, Tensor x) => Run<Activations.Tanh>(graph, x);

    /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
    public static Tensor Relu(this Graph graph, Tensor x) => Run<Activations.Relu>(graph, x);

    /// <summary>x·Φ(x) (Hendrycks and Gimpel 2016); <paramref name="tanh"/>: its approximation by tanh.</summary>
    public static Tensor Gelu(this Graph graph, Tensor x, bool tanh = false) =>
        tanh ? Run<Gelu.ByTanh>(graph, x) : Run<Gelu.ByErf>(graph, x);

    /// <summary>x·σ(1.702x), the approximation of GELU that CLIP uses.</summary>
    public static Tensor QuickGelu(this Graph graph, Tensor x) => Run<Gelu.Quick>(graph, x);

    private static Tensor Run<F>(Graph graph, Tensor x)
        where F : struct, IActivation
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Activation, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        Activation<F>.Forward(x, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<F>>();
        graph.Keep(x);
        (node.X, node.Y) = (x, y);
        return y;
    }

    private sealed class Node<F> : Operation
        where F : struct, IActivation
    {
        public Tensor X, Y;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ActivationBackward, X, 2, graph);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                Activation<F>.Backward(X, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
