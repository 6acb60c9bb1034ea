using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>Which norm an architecture has; every one of its norms is made by it.</summary>
internal sealed record NormPlan
{
    private bool isRms, hasWeight, hasBias;
    private float offset;

    private NormPlan()
    {
    }

    public required double Epsilon { get; init; }

    /// <summary>By root mean square, with a weight.</summary>
    /// <param name="offset">Added to the weight: 1 in Gemma.</param>
    public static NormPlan Rms(double epsilon, float offset = 0) => new() { Epsilon = epsilon, isRms = true, hasWeight = true, offset = offset };

    /// <summary>By mean and variance, with a weight.</summary>
    public static NormPlan Layer(double epsilon, bool bias = true) => new() { Epsilon = epsilon, hasWeight = true, hasBias = bias };

    /// <summary>By mean and variance, without parameters.</summary>
    public static NormPlan Bare(double epsilon) => new() { Epsilon = epsilon };

    /// <summary>The norm of that name; null where it has none.</summary>
    public NormModule? Create(ModuleBuilder modules, string prefix, string? name, int size) => name is null ? null
        : isRms ? modules.RmsNorm(prefix + name, size, Epsilon, offset)
        : hasWeight ? modules.LayerNorm(prefix + name, size, Epsilon, hasBias)
        : new NormModule(null, null, (float)Epsilon);
}
