namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Adamax"/>; weight decay is added to the gradient.</summary>
public sealed record AdamaxOptions : OptimizerOptions
{
    /// <summary>β1: what of the running mean of gradients is kept.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β2: what of the running maximum of sizes is kept.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to each size.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override void Check()
    {
        base.Check();
        RequireDecay(Beta1, "beta 1");
        RequireDecay(Beta2, "beta 2");
        Require(Epsilon >= 0, "epsilon", Epsilon, "0 or more");
    }
}
