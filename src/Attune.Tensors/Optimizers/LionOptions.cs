namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Lion"/>; weight decay is decoupled.</summary>
public sealed record LionOptions : OptimizerOptions
{
    /// <summary>β1: the direction's share in the sign that is stepped along.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β2: what of the direction is kept.</summary>
    public double Beta2 { get; init; } = 0.99;

    internal override void Check()
    {
        base.Check();
        RequireDecay(Beta1, "beta 1");
        RequireDecay(Beta2, "beta 2");
    }
}
