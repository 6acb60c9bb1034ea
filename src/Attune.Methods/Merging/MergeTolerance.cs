using Attune.Models.Files;

namespace Attune.Methods.Merging;

/// <summary>
/// How far logits may move when changed weights are rounded to a type, as a share of the largest logit: a guard against a wrong merge, not a promise of
/// precision. Rounding moves a weight by a share ε of the largest in its block at most; 16·ε is what random models of two blocks were seen to need less than half of.
/// </summary>
public static class MergeTolerance
{
    private const double Float32 = 1e-4;

    /// <param name="types">The types of the matrices that were written.</param>
    public static double Of(IEnumerable<TensorType> types) => types.Select(Of).DefaultIfEmpty(Float32).Max();

    private static double Of(TensorType type) => type switch
    {
        TensorType.F32 or TensorType.F64 => Float32,
        TensorType.F16 => 16.0 / (1 << 11),
        TensorType.BF16 => 16.0 / (1 << 8),
        TensorType.Q8_0 => 16.0 / (1 << 8),
        TensorType.Q6_K => 16.0 / (1 << 6),
        _ => 1,
    };
}
