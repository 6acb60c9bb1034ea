namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Adagrad"/>; weight decay is added to the gradient.</summary>
public sealed record AdagradOptions : OptimizerOptions
{
    /// <summary>The rate of step t is divided by 1 + (t − 1)·RateDecay.</summary>
    public double RateDecay { get; init; }

    /// <summary>What the sum of squares begins with.</summary>
    public double InitialSum { get; init; }

    /// <summary>ε, added after the root.</summary>
    public double Epsilon { get; init; } = 1e-10;

    internal override void Check()
    {
        base.Check();
        Require(RateDecay >= 0, "rate decay", RateDecay, "0 or more");
        Require(InitialSum >= 0, "initial sum", InitialSum, "0 or more");
        Require(Epsilon >= 0, "epsilon", Epsilon, "0 or more");
    }
}
