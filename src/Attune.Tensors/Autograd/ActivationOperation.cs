using Attune.Tensors.Kernels;

namespace Attune.Tensors.Autograd;

public static class ActivationOperation
{
    /// <summary>x·σ(x), σ(x) = 1/(1 + e^−x) (Elfwing et al. 2017).</summary>
    public static Tensor Silu(this Graph graph, Tensor x) => FunctionOperation.Run<Activation<Activations.Silu>>(graph, x);

    /// <summary>1/(1 + e^−x).</summary>
    public static Tensor Sigmoid(this Graph graph, Tensor x) => FunctionOperation.Run<Activation<Activations.Sigmoid>>(graph, x);

    /// <summary>tanh x.</summary>
    public static Tensor Tanh(this Graph graph, Tensor x) => FunctionOperation.Run<Activation<Activations.Tanh>>(graph, x);

    /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
    public static Tensor Relu(this Graph graph, Tensor x) => FunctionOperation.Run<Activation<Activations.Relu>>(graph, x);

    /// <summary>max(x, 0)² (So et al. 2021).</summary>
    public static Tensor SquaredRelu(this Graph graph, Tensor x) => FunctionOperation.Run<Function<Functions.SquaredRelu>>(graph, x);

    /// <summary>x, or <paramref name="slope"/>·x where x is not above 0 (Maas et al. 2013).</summary>
    public static Tensor LeakyRelu(this Graph graph, Tensor x, float slope = 0.01f) => FunctionOperation.Run<Function<Functions.LeakyRelu>>(graph, x, slope);

    /// <summary>x, or α(eˣ − 1) below 0 (Clevert et al. 2015).</summary>
    public static Tensor Elu(this Graph graph, Tensor x, float alpha = 1) => FunctionOperation.Run<ScalarFunction<ScalarFunctions.Elu>>(graph, x, alpha);

    /// <summary>x·Φ(x) (Hendrycks and Gimpel 2016); <paramref name="tanh"/>: its approximation by tanh.</summary>
    public static Tensor Gelu(this Graph graph, Tensor x, bool tanh = false) =>
        tanh ? FunctionOperation.Run<Activation<Gelu.ByTanh>>(graph, x) : FunctionOperation.Run<Activation<Gelu.ByErf>>(graph, x);

    /// <summary>x·σ(1.702x), the approximation of GELU that CLIP uses.</summary>
    public static Tensor QuickGelu(this Graph graph, Tensor x) => FunctionOperation.Run<Activation<Gelu.Quick>>(graph, x);

    /// <summary>ln(1 + e^βx)/β; x where βx is above <paramref name="threshold"/> (Dugas et al. 2001, in the form of PyTorch).</summary>
    public static Tensor Softplus(this Graph graph, Tensor x, float beta = 1, float threshold = 20) =>
        FunctionOperation.Run<Function<Functions.Softplus>>(graph, x, beta, threshold);

    /// <summary>x·tanh(ln(1 + eˣ)) (Misra 2019).</summary>
    public static Tensor Mish(this Graph graph, Tensor x) => FunctionOperation.Run<ScalarFunction<ScalarFunctions.Mish>>(graph, x);

    /// <summary>ln σ(x).</summary>
    public static Tensor LogSigmoid(this Graph graph, Tensor x) => FunctionOperation.Run<ScalarFunction<ScalarFunctions.LogSigmoid>>(graph, x);

    /// <summary>x·min(max(x + 3, 0), 6)/6 (Howard et al. 2019).</summary>
    public static Tensor HardSwish(this Graph graph, Tensor x) => FunctionOperation.Run<Function<Functions.HardSwish>>(graph, x);

    /// <summary>x/(1 + |x|).</summary>
    public static Tensor Softsign(this Graph graph, Tensor x) => FunctionOperation.Run<ScalarFunction<ScalarFunctions.Softsign>>(graph, x);

    /// <summary>c·tanh(x/c), which bounds x by ±c (Gemma 2, 2024).</summary>
    public static Tensor SoftCap(this Graph graph, Tensor x, float c) => FunctionOperation.Run<Function<Functions.SoftCap>>(graph, x, c, 1 / c);
}
