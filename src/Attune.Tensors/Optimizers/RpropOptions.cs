namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Rprop"/>, which has no weight decay.</summary>
public sealed record RpropOptions : OptimizerOptions
{
    /// <summary>What a step size is multiplied by after a change of sign.</summary>
    public double Shrink { get; init; } = 0.5;

    /// <summary>What it is multiplied by where the sign stays.</summary>
    public double Grow { get; init; } = 1.2;

    public double LeastStep { get; init; } = 1e-6;

    public double MostStep { get; init; } = 50;

    internal override void Check()
    {
        base.Check();
        Require(WeightDecay == 0, "weight decay", WeightDecay, "0 with Rprop");
        Require(Shrink is > 0 and < 1, "shrinking factor", Shrink, "above 0 and below 1");
        Require(Grow > 1, "growing factor", Grow, "above 1");
        Require(LeastStep > 0 && LeastStep <= MostStep, "least step", LeastStep, "above 0 and not above the largest");
    }
}
