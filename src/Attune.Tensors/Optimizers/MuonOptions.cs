namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Muon"/>; weight decay is decoupled.</summary>
public sealed record MuonOptions : OptimizerOptions
{
    /// <summary>μ of the running mean of gradients.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Step along (1 − μ)·g + μ·m instead of along m.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Steps of the iteration towards an orthogonal matrix.</summary>
    public int Iterations { get; init; } = 5;

    /// <summary>a, b, c of X ← a·X + (b·XXᵀ + c·(XXᵀ)²)·X.</summary>
    public (double A, double B, double C) Coefficients { get; init; } = (3.4445, -4.775, 2.0315);

    /// <summary>The least length that the direction is divided by.</summary>
    public double Epsilon { get; init; } = 1e-7;

    /// <summary>Multiply the rate by 0.2·√max(rows, columns), so that it suits as one of AdamW does (Liu et al. 2025), instead of √max(1, rows/columns).</summary>
    public bool MatchesAdamW { get; init; }

    internal override void Check()
    {
        base.Check();
        RequireDecay(Momentum, "momentum");
        Require(Iterations >= 1, "number of iterations", Iterations, "1 or more");
        Require(Epsilon > 0, "epsilon", Epsilon, "above 0");
    }
}
