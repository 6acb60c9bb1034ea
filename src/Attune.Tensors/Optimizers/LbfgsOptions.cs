namespace Attune.Tensors.Optimizers;

/// <summary>Options of <see cref="Lbfgs"/>.</summary>
public sealed record LbfgsOptions
{
    /// <summary>Length of a step along the direction, or the first that the line search tries.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Directions in one call at most.</summary>
    public int Iterations { get; init; } = 20;

    /// <summary>Evaluations in one call at most; 0: five quarters of the iterations.</summary>
    public int Evaluations { get; init; }

    /// <summary>It ends where no entry of the gradient is larger.</summary>
    public double GradientTolerance { get; init; } = 1e-7;

    /// <summary>It ends where neither value nor variables change more.</summary>
    public double ChangeTolerance { get; init; } = 1e-9;

    /// <summary>Pairs of steps and changes that are kept.</summary>
    public int History { get; init; } = 100;

    /// <summary>Search each direction for the strong Wolfe conditions instead of taking the step as it is.</summary>
    public bool Searches { get; init; }
}
