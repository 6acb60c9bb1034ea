namespace Attune.Tensors.Kernels;

/// <summary>A function of one variable with two constants, and its slope, in vectors; <see cref="Function{F}"/> runs it over matrices.</summary>
internal interface IFunction
{
    static abstract V Value<S, V, I>(V x, V p, V q)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;

    /// <summary>The derivative at x; at a kink the one that torch takes.</summary>
    static abstract V Slope<S, V, I>(V x, V p, V q)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;
}
