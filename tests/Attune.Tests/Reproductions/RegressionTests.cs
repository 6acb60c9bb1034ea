using Attune.Reproductions;
using Attune.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Attune.Tests.Reproductions;

public class RegressionTests
{
    /// <summary>y = 2x over x = 1, 2: one step from 0 gives 2α·Σxy = 2·0.1·10 = 2; a second 2 − 0.2·(Σx²·2 − 10) = 2.</summary>
    [Fact]
    public void GradientDescent_ByHand_IsReached()
    {
        Assert.Equal(2, new GradientDescentRegressor(0.1).Weights([1, 2], [2, 4], 1)[0], 12);
        // 2·0.05·10 = 1, then 1 − 0.1·(5 − 10) = 1.5.
        Assert.Equal(1.5, new GradientDescentRegressor(0.05, 2).Weights([1, 2], [2, 4], 1)[0], 12);
    }

    /// <summary>(1, 2), then (2, 4) with α = 0.1: 0.4, then 0.4 − 0.2·2·(0.8 − 4) = 1.68.</summary>
    [Fact]
    public void OnePass_ByHand_IsReached() => Assert.Equal(1.68, new OnePassRegressor(0.1).Weights([1, 2], [2, 4], 1)[0], 12);

    /// <summary>Σxy/(Σx² + λ) = 10/(5 + 5).</summary>
    [Fact]
    public void Ridge_OfOneDimension_IsTheShrunkQuotient() => Assert.Equal(1, new RidgeRegressor(5).Weights([1, 2], [2, 4], 1)[0], 12);

    [Fact]
    public void Nearest_ByHand_AveragesOrWeights()
    {
        double[] x = [0, 1, 5, 9], y = [1, 3, 100, 200];
        Assert.Equal(2, new NearestRegressor(2).Predict(x, y, [0.25]), 12);
        // Distances² 1/16 and 9/16: (16·1 + 16/9·3)/(16 + 16/9) = 1.2.
        Assert.Equal(1.2, new NearestRegressor(2, true).Predict(x, y, [0.25]), 12);
        Assert.Equal(3, new NearestRegressor(2, true).Predict(x, y, [1]), 12);
        Assert.Equal(2, new NearestRegressor(5).Predict([0, 1], [1, 3], [7]), 12);
        Assert.Equal(0, new NearestRegressor(3).Predict([], [], [7]));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(9, 4)]
    public void LeastSquares_OfAnyShape_IsThePseudoInverse(int rows, int columns)
    {
        var s = RegressionSequence.Draw(new SeededRandom(1), columns, rows, noise: 0.5);
        Near(PseudoInverse(s.X, s.Y, columns), LeastSquares.Solve(s.X, s.Y, columns), 1e-10);
    }

    [Fact]
    public void LeastSquares_OfDependentRowsOrColumns_IsOfMinimumNorm()
    {
        // x₂ = 2x₁: the plane w₁ + 2w₂ = 5 has its point of least norm at (1, 2).
        Near([1, 2], LeastSquares.Solve([1, 2, 2, 4, 3, 6], [5, 10, 15], 2), 1e-10);
        Near([1, 2, 0], LeastSquares.Solve([1, 2, 0, 2, 4, 0], [5, 10], 3), 1e-10);
        Near([0, 0], LeastSquares.Solve([], [], 2), 0);
    }

    [Fact]
    public void Ridge_ByItsNormalEquations_IsTheDirectSolution()
    {
        var s = RegressionSequence.Draw(new SeededRandom(2), 4, 7, noise: 1);
        var x = Matrix<double>.Build.DenseOfRowMajor(7, 4, s.X);
        var w = (x.TransposeThisAndMultiply(x) + 0.3 * Matrix<double>.Build.DenseIdentity(4)).Solve(x.TransposeThisAndMultiply(Vector<double>.Build.Dense(s.Y)));
        Near(w.ToArray(), new RidgeRegressor(0.3).Weights(s.X, s.Y, 4), 1e-12);
    }

    [Fact]
    public void Posterior_OfAGaussian_IsRidgeAndTheJointsConditional()
    {
        const double tau = 1.5, sigma = 0.5;
        var s = RegressionSequence.Draw(new SeededRandom(3), 4, 6, sigma, tau);
        var posterior = new GaussianPosterior(4, tau * tau, sigma * sigma);
        for (var i = 0; i < s.Length; i++)
            posterior.Add(s.Input(i), s.Y[i]);
        Near(new RidgeRegressor(sigma * sigma / (tau * tau)).Weights(s.X, s.Y, 4), posterior.Mean.ToArray(), 1e-10);
        // The joint Gaussian of (y₁ … y_n, y*): K = τ²XXᵀ + σ²I, k = τ²Xq.
        double[] query = [1, -2, 0.5, 0];
        var x = Matrix<double>.Build.DenseOfRowMajor(6, 4, s.X);
        var (y, q) = (Vector<double>.Build.Dense(s.Y), Vector<double>.Build.Dense(query));
        var k = tau * tau * x.TransposeAndMultiply(x) + sigma * sigma * Matrix<double>.Build.DenseIdentity(6);
        var cross = tau * tau * x * q;
        Assert.Equal(cross * k.Solve(y), posterior.Predict(query), 10);
        Assert.Equal(tau * tau * (q * q) + sigma * sigma - cross * k.Solve(cross), posterior.Variance(query), 10);
        Assert.Equal(-0.5 * (y * k.Solve(y) + Math.Log(k.Determinant()) + 6 * Math.Log(2 * Math.PI)), posterior.LogEvidence, 9);
    }

    [Fact]
    public void Predictions_AtTheFirstPair_AreZeroAndExactBehindEnoughPairs()
    {
        var s = RegressionSequence.Draw(new SeededRandom(4), 3, 6);
        IRegressor[] all = [new LeastSquaresRegressor(), new RidgeRegressor(0.1), new GradientDescentRegressor(0.02), new OnePassRegressor(0.02), new NearestRegressor(3), new NearestRegressor(3, true)];
        foreach (var regressor in all)
            Assert.Equal(0, s.Predictions(regressor)[0]);
        var ols = s.Predictions(all[0]);
        for (var i = 3; i < 6; i++)
            Assert.Equal(s.Y[i], ols[i], 9);
    }

    [Fact]
    public void ImplicitWeights_OfALinearPredictor_AreItsOwn()
    {
        var (one, other) = (new RidgeRegressor(0.5), new GradientDescentRegressor(0.02));
        var random = new SeededRandom(5);
        var s = RegressionSequence.Draw(random, 3, 5);
        var fresh = RegressionSequence.Draw(random, 3, 12);
        double[] Implicit(LinearRegressor r)
        {
            var predictions = new double[12];
            for (var i = 0; i < 12; i++)
                predictions[i] = r.Predict(s.X, s.Y, fresh.Input(i));
            var w = PredictionDistance.ImplicitWeights(fresh.X, predictions, 3, out var fit);
            Assert.Equal(1, fit, 10);
            return w;
        }
        Assert.Equal(
            PredictionDistance.OfWeights(one.Weights(s.X, s.Y, 3), other.Weights(s.X, s.Y, 3)),
            PredictionDistance.OfWeights(Implicit(one), Implicit(other)), 10);
    }

    [Fact]
    public void Distance_ByPosition_IsTheMeanSquare() =>
        Assert.Equal([2.5, 0], PredictionDistance.ByPosition([[1, 1], [2, 0]], [[0, 1], [0, 0]]));

    private static double[] PseudoInverse(double[] x, double[] y, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(y.Length, columns, x).PseudoInverse().Multiply(Vector<double>.Build.Dense(y)).ToArray();

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }
}
