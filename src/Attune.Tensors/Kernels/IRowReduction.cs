namespace Attune.Tensors.Kernels;

/// <summary>One number of a row, with its gradient, in plain float64 code; <see cref="RowReduction{F}"/> runs it over matrices.</summary>
internal unsafe interface IRowReduction
{
    static abstract double Value(ReadOnlySpan<float> x, double p);

    /// <summary>dx[i] += dy·∂y/∂x[i], y the value.</summary>
    static abstract void Gradient(ReadOnlySpan<float> x, double p, double y, double dy, Span<float> dx);
}
