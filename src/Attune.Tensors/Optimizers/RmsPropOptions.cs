namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="RmsProp"/>; weight decay is added to the gradient.</summary>
public sealed record RmsPropOptions : OptimizerOptions
{
    /// <summary>α: what of the running means is kept.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>ε, added after the root.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>μ: the share of the last direction that is kept.</summary>
    public double Momentum { get; init; }

    /// <summary>Divide by the standard deviation: take the squared mean from the mean of squares.</summary>
    public bool Centered { get; init; }

    internal override void Check()
    {
        base.Check();
        RequireDecay(Alpha, "alpha");
        RequireDecay(Momentum, "momentum");
        Require(Epsilon >= 0, "epsilon", Epsilon, "0 or more");
    }
}
