namespace Attune.Tensors.Kernels.Reference;

/// <summary>The activations and their slopes, one number at a time in float64.</summary>
internal static class ReferenceFunctions
{
    private static readonly double RootTwoOverPi = Math.Sqrt(2 / Math.PI);

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double SigmoidSlope(double x) => Sigmoid(x) * (1 - Sigmoid(x));

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double SiluSlope(double x) => Sigmoid(x) + x * SigmoidSlope(x);

    public static double TanhSlope(double x) => 1 - Math.Tanh(x) * Math.Tanh(x);

    public static double Relu(double x) => x < 0 ? 0 : x;

    public static double ReluSlope(double x) => x > 0 ? 1 : 0;

    public static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    public static double GeluSlope(double x) => 0.5 * (1 + Erf(x / Math.Sqrt(2))) + x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    public static double GeluByTanh(double x) => 0.5 * x * (1 + Math.Tanh(RootTwoOverPi * (x + 0.044715 * x * x * x)));

    public static double GeluByTanhSlope(double x)
    {
        var t = Math.Tanh(RootTwoOverPi * (x + 0.044715 * x * x * x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * RootTwoOverPi * (1 + 3 * 0.044715 * x * x);
    }

    public static double QuickGelu(double x) => x * Sigmoid(1.702 * x);

    public static double QuickGeluSlope(double x) => Sigmoid(1.702 * x) + 1.702 * x * SigmoidSlope(1.702 * x);

    /// <summary>2/√π·Σ (−1)ⁿx^(2n+1)/(n!(2n+1)) below 3, otherwise 1 − e^(−x²)/√π by its continued fraction.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        var a = Math.Abs(x);
        double result;
        if (a < 3)
        {
            double term = a, sum = a;
            for (var n = 1; n < 100; n++)
            {
                term *= -a * a / n;
                sum += term / (2 * n + 1);
            }
            result = 2 / Math.Sqrt(Math.PI) * sum;
        }
        else
        {
            var fraction = a;
            for (var k = 60; k > 0; k--)
                fraction = a + k / 2.0 / fraction;
            result = a > 30 ? 1 : 1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / fraction;
        }
        return x < 0 ? -result : result;
    }
}
