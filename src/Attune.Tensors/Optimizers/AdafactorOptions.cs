namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Adafactor"/>; weight decay is decoupled.</summary>
public sealed record AdafactorOptions : OptimizerOptions
{
    public AdafactorForm Form { get; init; }

    /// <summary>γ of 1 − β2 = t^γ.</summary>
    public double DecayPower { get; init; } = -0.8;

    /// <summary>ε₁ of the squares. PyTorch takes float32's 1.2e-7, transformers 1e-30.</summary>
    public double SquareEpsilon { get; init; } = 1.1920929e-7;

    /// <summary>ε₂: the least size of a parameter that the rate is multiplied by.</summary>
    public double LeastSize { get; init; } = 1e-3;

    /// <summary>d: updates whose root mean square is larger are scaled down to it.</summary>
    public double ClipThreshold { get; init; } = 1;

    /// <summary>β1 of a running mean of updates (<see cref="AdafactorForm.Added"/> only); 0: none is kept.</summary>
    public double Beta1 { get; init; }

    /// <summary>Whether the rate is multiplied by the parameter's size (<see cref="AdafactorForm.Added"/>; the other form always does).</summary>
    public bool ScalesBySize { get; init; } = true;

    /// <summary>Whether the rate is min(10⁻², 1/√t) instead of the one given (<see cref="AdafactorForm.Added"/> only).</summary>
    public bool RelativeRate { get; init; }

    /// <summary>With a relative rate: 10⁻⁶·t in place of 10⁻².</summary>
    public bool WarmsUp { get; init; }

    internal override void Check()
    {
        base.Check();
        RequireDecay(Beta1, "beta 1");
        Require(DecayPower < 0, "decay power", DecayPower, "below 0");
        Require(SquareEpsilon > 0, "epsilon of squares", SquareEpsilon, "above 0");
        Require(LeastSize >= 0, "least size", LeastSize, "0 or more");
        Require(ClipThreshold > 0, "clip threshold", ClipThreshold, "above 0");
    }
}
