using Attune.Models.Files;

namespace Attune.Methods.Merging;

/// <summary>
/// How far logits may move when changed weights are rounded to a type, as a share of the largest logit: a guard against a wrong merge, not a promise of
/// precision. Rounding moves a weight by a share ε of the largest in its block at most; the tolerance is 16·ε, and for types of four and five bits the largest logit
/// itself, which alone proves nothing: <see cref="IsNearer"/> is the second guard.
/// </summary>
public static class MergeTolerance
{
    private const double Float32 = 1e-4;

    /// <param name="types">The types of the matrices that were written.</param>
    public static double Of(IEnumerable<TensorType> types) => types.Select(Of).DefaultIfEmpty(Float32).Max();

    /// <summary>Whether the merged model is nearer to the adapted one than the model without its adapter is; true too where the adapter moves logits by no more than float32 rounding.</summary>
    /// <param name="merged">The merged model beside the adapted one.</param>
    /// <param name="without">The model without its adapter beside the adapted one.</param>
    public static bool IsNearer(LogitDifference merged, LogitDifference without) =>
        without.Largest <= Float32 * Math.Max(1, without.LargestLogit) || merged.Largest < without.Largest;

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
