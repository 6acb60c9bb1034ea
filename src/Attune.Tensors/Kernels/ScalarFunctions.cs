namespace Attune.Tensors.Kernels;

/// <summary>Functions of one variable that are on no hot path, in float64; p and q are their constants.</summary>
internal static class ScalarFunctions
{
    /// <summary>x, or p·(eˣ − 1) below 0 (Clevert et al. 2015).</summary>
    public readonly struct Elu : IScalarFunction
    {
        public static double Value(double x, double p, double q) => x > 0 ? x : p * ExpMinusOne(x);
        public static double Slope(double x, double p, double q) => x > 0 ? 1 : p * Math.Exp(x);
    }

    /// <summary>x·tanh(ln(1 + eˣ)) (Misra 2019).</summary>
    public readonly struct Mish : IScalarFunction
    {
        public static double Value(double x, double p, double q) => x * Math.Tanh(Softplus(x));

        public static double Slope(double x, double p, double q)
        {
            var t = Math.Tanh(Softplus(x));
            return t + x * (1 - t * t) * Sigmoid(x);
        }
    }

    /// <summary>ln σ(x) = −ln(1 + e^−x).</summary>
    public readonly struct LogSigmoid : IScalarFunction
    {
        public static double Value(double x, double p, double q) => -Softplus(-x);
        public static double Slope(double x, double p, double q) => Sigmoid(-x);
    }

    /// <summary>sin x.</summary>
    public readonly struct Sin : IScalarFunction
    {
        public static double Value(double x, double p, double q) => Math.Sin(x);
        public static double Slope(double x, double p, double q) => Math.Cos(x);
    }

    /// <summary>cos x.</summary>
    public readonly struct Cos : IScalarFunction
    {
        public static double Value(double x, double p, double q) => Math.Cos(x);
        public static double Slope(double x, double p, double q) => -Math.Sin(x);
    }

    /// <summary>x/(1 + |x|).</summary>
    public readonly struct Softsign : IScalarFunction
    {
        public static double Value(double x, double p, double q) => x / (1 + Math.Abs(x));
        public static double Slope(double x, double p, double q) => 1 / ((1 + Math.Abs(x)) * (1 + Math.Abs(x)));
    }

    /// <summary>eˣ − 1, exact near 0.</summary>
    public readonly struct Expm1 : IScalarFunction
    {
        public static double Value(double x, double p, double q) => ExpMinusOne(x);
        public static double Slope(double x, double p, double q) => Math.Exp(x);
    }

    /// <summary>ln(1 + x), exact near 0.</summary>
    public readonly struct Log1p : IScalarFunction
    {
        public static double Value(double x, double p, double q) => LogOnePlus(x);
        public static double Slope(double x, double p, double q) => 1 / (1 + x);
    }

    /// <summary>xᵖ.</summary>
    public readonly struct Power : IScalarFunction
    {
        public static double Value(double x, double p, double q) => Math.Pow(x, p);
        public static double Slope(double x, double p, double q) => p == 0 ? 0 : p * Math.Pow(x, p - 1);
    }

    /// <summary>½x²/q where |x| is below p, (|x| − ½p)·p/q above: with q = 1 Huber's loss of δ = p, with q = p the smooth L1 loss of β = p.</summary>
    public readonly struct Huber : IScalarFunction
    {
        public static double Value(double x, double p, double q) => Math.Abs(x) < p ? 0.5 * x * x / q : (Math.Abs(x) - 0.5 * p) * p / q;
        public static double Slope(double x, double p, double q) => Math.Abs(x) < p ? x / q : Math.Sign(x) * p / q;
    }

    internal static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double ExpMinusOne(double x) => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1;

    private static double LogOnePlus(double x) => Math.Abs(x) < 1e-5 ? x - x * x / 2 : Math.Log(1 + x);
}
