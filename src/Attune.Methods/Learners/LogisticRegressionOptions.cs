namespace Attune.Methods.Learners;

/// <summary>Options of <see cref="LogisticRegression"/>.</summary>
public sealed record LogisticRegressionOptions
{
    /// <summary>C: the weight of the data against ½‖w‖².</summary>
    public double C { get; init; } = 1;

    /// <summary>Fit a bias for each class; it is not penalised.</summary>
    public bool Intercept { get; init; } = true;

    /// <summary>Weigh each row by rows/(classes·rows of its class).</summary>
    public bool Balanced { get; init; }

    /// <summary>The largest entry of the gradient at which fitting stops, for each row of data.</summary>
    public double Tolerance { get; init; } = 1e-9;

    public int MostIterations { get; init; } = 2000;
}
