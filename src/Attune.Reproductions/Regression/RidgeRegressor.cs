using System.Globalization;

namespace Attune.Reproductions;

/// <summary>
/// Ridge regression, w = (XᵀX + λI)⁻¹Xᵀy with λ not divided by the number of pairs. For w ~ N(0, τ²I) and noise N(0, σ²), λ = σ²/τ²
/// is the posterior mean. Solved as least squares over X with √λ·I below it.
/// </summary>
public sealed record RidgeRegressor(double Lambda) : LinearRegressor
{
    public override string Name => string.Create(CultureInfo.InvariantCulture, $"ridge {Lambda:0.####}");

    public override double[] Weights(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions)
    {
        if (Lambda <= 0)
            return LeastSquares.Solve(x, y, dimensions);
        var rows = y.Length + dimensions;
        var below = new double[rows * dimensions];
        var targets = new double[rows];
        x.CopyTo(below);
        y.CopyTo(targets);
        for (var i = 0; i < dimensions; i++)
            below[(y.Length + i) * dimensions + i] = Math.Sqrt(Lambda);
        return LeastSquares.Solve(below, targets, dimensions);
    }
}
