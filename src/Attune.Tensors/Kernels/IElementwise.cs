namespace Attune.Tensors.Kernels;

/// <summary>What happens to one element (or one vector of them); <see cref="Elementwise{F}"/> runs it over matrices.</summary>
internal unsafe interface IElementwise
{
    /// <summary>Reads a, b and y as it needs them, and writes y.</summary>
    static abstract void At<S, V, I>(float* a, float* b, float* y, float scale)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;
}
