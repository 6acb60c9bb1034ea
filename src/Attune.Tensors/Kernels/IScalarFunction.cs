namespace Attune.Tensors.Kernels;

/// <summary>A function that is on no hot path, in float64; <see cref="ScalarFunction{F}"/> runs it over matrices.</summary>
internal interface IScalarFunction
{
    static abstract double Value(double x, double p, double q);

    /// <summary>The derivative at x; at a kink the one that torch takes.</summary>
    static abstract double Slope(double x, double p, double q);
}
