namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Adadelta"/>; weight decay is added to the gradient.</summary>
public sealed record AdadeltaOptions : OptimizerOptions
{
    /// <summary>ρ: what of the running means is kept.</summary>
    public double Rho { get; init; } = 0.9;

    /// <summary>ε, added under both roots.</summary>
    public double Epsilon { get; init; } = 1e-6;

    internal override void Check()
    {
        base.Check();
        RequireDecay(Rho, "rho");
        Require(Epsilon > 0, "epsilon", Epsilon, "above 0");
    }
}
