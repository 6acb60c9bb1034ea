using Attune.Tensors.Kernels;

namespace Attune.Tensors.Optimizers;

/// <summary>Bounds on gradients. Norms are summed in float64 in one fixed order.</summary>
public static unsafe class GradientClipping
{
    /// <summary>
    /// The <paramref name="order"/>-norm (Σ|g|ᵖ)^(1/p) over all gradients together; ∞ gives the largest |g|.
    /// NaN and ∞ in a gradient show in the result.
    /// </summary>
    public static double Norm(IReadOnlyList<Tensor> gradients, double order = 2)
    {
        using var _ = Profile.Measure(OperationKind.Optimizer, 0, Profile.IsRunning ? 4 * gradients.Sum(g => g.Count) : 0);
        if (double.IsPositiveInfinity(order))
            return gradients.Select(g => Largest(g.Data, g.Count)).Aggregate(0.0, Math.Max);
        var sum = 0.0;
        for (var i = 0; i < gradients.Count; i++)
        {
            var g = gradients[i];
            sum += order == 2 ? SquareSum.Of(g.Data, g.Count) : PowerSum(g.Data, g.Count, order);
        }
        return order == 2 ? Math.Sqrt(sum) : Math.Pow(sum, 1 / order);
    }

    /// <summary>Scales all gradients by limit/(norm + 1e-6) where that is below 1; returns the norm before.</summary>
    /// <returns>The norm; where it is not finite the gradients are left as they are, so the caller must look.</returns>
    public static double ByNorm(IReadOnlyList<Tensor> gradients, double limit, double order = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var norm = Norm(gradients, order);
        var factor = limit / (norm + 1e-6);
        using var _ = Profile.Measure(OperationKind.Optimizer, 0, Profile.IsRunning ? 8 * gradients.Sum(g => g.Count) : 0);
        if (factor < 1 && double.IsFinite(norm))
            for (var i = 0; i < gradients.Count; i++)
                Elementwise.Scale(gradients[i], (float)factor, gradients[i]);
        return norm;
    }

    /// <summary>Clips each entry to [−limit, limit]; NaN stays.</summary>
    public static void ByValue(IReadOnlyList<Tensor> gradients, float limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        foreach (var g in gradients)
            for (var i = 0L; i < g.Count; i++)
                g.Data[i] = Math.Clamp(g.Data[i], -limit, limit);
    }

    private static double PowerSum(float* x, long count, double order)
    {
        var sum = 0.0;
        for (var i = 0L; i < count; i++)
            sum += Math.Pow(Math.Abs((double)x[i]), order);
        return sum;
    }

    private static double Largest(float* x, long count)
    {
        var largest = 0.0;
        for (var i = 0L; i < count; i++)
            largest = Math.Max(largest, Math.Abs((double)x[i]));
        return largest;
    }
}
