using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>An optimizer's rule for one entry, written once for every vector width. A struct of the step's constants.</summary>
internal interface IUpdateRule
{
    /// <summary>The parameter's new value; <paramref name="a"/>, <paramref name="b"/>, <paramref name="c"/> are the slot's parts, zero and dropped where it has fewer.</summary>
    V Apply<S, V, I>(V parameter, V gradient, ref V a, ref V b, ref V c)
        where S : struct, ISimd<V, I>
        where V : struct
        where I : struct;
}
