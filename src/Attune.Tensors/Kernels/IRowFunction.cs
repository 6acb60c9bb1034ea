namespace Attune.Tensors.Kernels;

/// <summary>A function of a whole row whose gradient needs its result only; <see cref="RowFunction{F}"/> runs it over matrices.</summary>
internal unsafe interface IRowFunction
{
    /// <summary>Writes y; y may be x.</summary>
    static abstract void Value<S, V, I>(float* x, float* y, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;

    /// <summary>Adds to dx.</summary>
    static abstract void Gradient<S, V, I>(float* y, float* dy, float* dx, int n)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;
}
