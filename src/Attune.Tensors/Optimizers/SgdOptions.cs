namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Sgd"/>; weight decay is added to the gradient.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>μ: the share of the last direction that is kept.</summary>
    public double Momentum { get; init; }

    /// <summary>τ: the new gradient enters the direction times 1 − τ, but for the first step.</summary>
    public double Dampening { get; init; }

    /// <summary>Look ahead: step along gradient + μ·direction.</summary>
    public bool Nesterov { get; init; }

    internal override void Check()
    {
        base.Check();
        RequireDecay(Momentum, "momentum");
        Require(!Nesterov || (Momentum > 0 && Dampening == 0), "dampening", Dampening, "0, with a momentum above 0, for Nesterov's rule");
    }
}
