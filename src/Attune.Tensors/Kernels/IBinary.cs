namespace Attune.Tensors.Kernels;

/// <summary>A function of two variables and its slopes, in vectors; <see cref="Binary{F}"/> runs it over matrices.</summary>
internal interface IBinary
{
    /// <summary>Whether the slopes depend on a or b.</summary>
    static abstract bool ReadsInputs { get; }

    static abstract V Value<S, V, I>(V a, V b)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;

    static abstract V SlopeA<S, V, I>(V a, V b)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;

    static abstract V SlopeB<S, V, I>(V a, V b)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;
}
