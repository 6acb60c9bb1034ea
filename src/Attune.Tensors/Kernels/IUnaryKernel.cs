namespace Attune.Tensors.Kernels;

/// <summary>A function of one variable with two constants over whole matrices, as the tape calls it.</summary>
internal interface IUnaryKernel
{
    /// <summary>y = f(x).</summary>
    static abstract void Forward(Tensor x, float p, float q, Tensor y);

    /// <summary>dx += dy·f′(x).</summary>
    static abstract void Backward(Tensor x, float p, float q, Tensor dy, Tensor dx);
}
