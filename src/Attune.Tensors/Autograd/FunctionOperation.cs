using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

/// <summary>Functions of one variable, element by element. All but AddScalar keep x.</summary>
public static class FunctionOperation
{
    /// <summary>eˣ.</summary>
    public static Tensor Exp(this Graph graph, Tensor x) => Run<Function<Functions.Exp>>(graph, x);

    /// <summary>eˣ − 1, exact near 0.</summary>
    public static Tensor Expm1(this Graph graph, Tensor x) => Run<ScalarFunction<ScalarFunctions.Expm1>>(graph, x);

    /// <summary>ln x; −∞ of 0, NaN below.</summary>
    public static Tensor Log(this Graph graph, Tensor x) => Run<Function<Functions.Log>>(graph, x);

    /// <summary>ln(1 + x), exact near 0.</summary>
    public static Tensor Log1p(this Graph graph, Tensor x) => Run<ScalarFunction<ScalarFunctions.Log1p>>(graph, x);

    /// <summary>√x.</summary>
    public static Tensor Sqrt(this Graph graph, Tensor x) => Run<Function<Functions.Sqrt>>(graph, x);

    /// <summary>1/√x.</summary>
    public static Tensor ReciprocalSqrt(this Graph graph, Tensor x) => Run<Function<Functions.ReciprocalSqrt>>(graph, x);

    /// <summary>1/x.</summary>
    public static Tensor Reciprocal(this Graph graph, Tensor x) => Run<Function<Functions.Reciprocal>>(graph, x);

    /// <summary>x².</summary>
    public static Tensor Square(this Graph graph, Tensor x) => Run<Function<Functions.Square>>(graph, x);

    /// <summary>xᵖ; a negative x needs a whole p.</summary>
    public static Tensor Power(this Graph graph, Tensor x, float exponent) => Run<ScalarFunction<ScalarFunctions.Power>>(graph, x, exponent);

    /// <summary>|x|; the gradient at 0 is 0.</summary>
    public static Tensor Abs(this Graph graph, Tensor x) => Run<Function<Functions.Abs>>(graph, x);

    /// <summary>x within [low, high]; the gradient passes at the bounds and is 0 beyond them.</summary>
    public static Tensor Clamp(this Graph graph, Tensor x, float low, float high) => Run<Function<Functions.Clamp>>(graph, x, low, high);

    /// <summary>x + s.</summary>
    public static Tensor AddScalar(this Graph graph, Tensor x, float s) => Run<Function<Functions.AddScalar>>(graph, x, s, keeps: false);

    /// <summary>sin x.</summary>
    public static Tensor Sin(this Graph graph, Tensor x) => Run<ScalarFunction<ScalarFunctions.Sin>>(graph, x);

    /// <summary>cos x.</summary>
    public static Tensor Cos(this Graph graph, Tensor x) => Run<ScalarFunction<ScalarFunctions.Cos>>(graph, x);

    /// <summary>erf x, the error function.</summary>
    public static Tensor Erf(this Graph graph, Tensor x) => Run<Function<Functions.Erf>>(graph, x);

    internal static Tensor Run<K>(Graph graph, Tensor x, float p = 0, float q = 0, bool keeps = true)
        where K : struct, IUnaryKernel
    {
        using var _ = Profile.Measure(WorkOf.Elements(OperationKind.Activation, x, 2));
        var y = graph.Arena.Matrix(x.Rows, x.Columns);
        K.Forward(x, p, q, y);
        if (!graph.Wants(x))
            return y;
        y = graph.Track(y);
        var node = graph.Record<Node<K>>();
        if (keeps)
            graph.Keep(x);
        (node.X, node.Y, node.P, node.Q) = (x, y, p, q);
        return y;
    }

    private sealed class Node<K> : Operation
        where K : struct, IUnaryKernel
    {
        public Tensor X, Y;
        public float P, Q;

        internal override OperationWork BackwardWork(Graph graph) => WorkOf.Gradient(OperationKind.ActivationBackward, X, 2, graph);

        internal override void Backward(Graph graph)
        {
            if (graph.HasGradient(Y))
                K.Backward(X, P, Q, graph.Upstream(Y), graph.Gradient(X));
        }
    }
}
