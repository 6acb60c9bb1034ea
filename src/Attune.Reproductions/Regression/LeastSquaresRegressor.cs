namespace Attune.Reproductions;

/// <summary>Ordinary least squares, of minimum norm where there are fewer pairs than dimensions: w = X⁺y.</summary>
public sealed record LeastSquaresRegressor : LinearRegressor
{
    public override string Name => "OLS";

    public override double[] Weights(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions) => LeastSquares.Solve(x, y, dimensions);
}
