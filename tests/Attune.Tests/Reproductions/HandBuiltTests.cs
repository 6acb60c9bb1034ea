using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public class HandBuiltTests
{
    /// <summary>d = 1, w = 2, x = 3, y = 1, α = 0.1, λ = 0.5: w' = 2 − 0.2·(3·6 − 3·1 + 0.5·2) = −1.2, and −1.2·2 = −2.4 at the next x = 2.</summary>
    [Fact]
    public void GradientStep_ByHand_IsExact()
    {
        var built = HandBuiltRegressor.GradientSteps([2], 2, 0.1, 0.5);
        var predictions = built.Predict(new RegressionSequence([3, 2], [1, 0], []));
        Assert.Equal(6, predictions[0], 12);
        Assert.Equal(-2.4, predictions[1], 12);
    }

    /// <summary>d = 1, λ = 0.5, x = 3, y = 1: A = 2 − 36/(1 + 18) = 2/19, w = 6/19.</summary>
    [Fact]
    public void ShermanMorrisonStep_ByHand_IsExact()
    {
        var predictions = HandBuiltRegressor.ShermanMorrison(1, 2, 0.5).Predict(new RegressionSequence([3, 2], [1, 0], []));
        Assert.Equal(0, predictions[0], 12);
        Assert.Equal(12.0 / 19, predictions[1], 12);
    }

    [Fact]
    public void GradientSteps_OverASequence_AreOnePassOfStochasticDescent()
    {
        var sequence = RegressionSequence.Draw(new SeededRandom(1), 3, 6, noise: 0.5);
        var expected = sequence.Predictions(new OnePassRegressor(0.05, 0.2));
        var actual = HandBuiltRegressor.GradientSteps(new double[3], 6, 0.05, 0.2).Predict(sequence);
        for (var i = 0; i < 6; i++)
            Assert.Equal(expected[i], actual[i], 1e-11);
    }

    [Fact]
    public void ShermanMorrisonSteps_OverASequence_AreRidge()
    {
        var sequence = RegressionSequence.Draw(new SeededRandom(2), 3, 6, noise: 0.5);
        var expected = sequence.Predictions(new RidgeRegressor(0.25));
        var actual = HandBuiltRegressor.ShermanMorrison(3, 6, 0.25).Predict(sequence);
        for (var i = 0; i < 6; i++)
            Assert.Equal(expected[i], actual[i], 1e-11);
    }

    /// <summary>Products by GELU are wrong by O(C²): a tenth of the scale leaves about a hundredth of the error.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GeluProducts_AtATenthOfTheScale_AreAHundredTimesAsExact(bool ridge)
    {
        var sequence = RegressionSequence.Draw(new SeededRandom(3), 2, 3);
        var expected = sequence.Predictions(ridge ? new RidgeRegressor(1) : new OnePassRegressor(0.05));
        double Error(double scale)
        {
            var built = ridge ? HandBuiltRegressor.ShermanMorrison(2, 3, 1, scale) : HandBuiltRegressor.GradientSteps([0, 0], 3, 0.05, 0, scale);
            return built.Predict(sequence).Zip(expected, (a, e) => Math.Abs(a - e)).Max();
        }
        Assert.InRange(Error(0.02) / Error(0.002), 80, 120);
    }

    /// <summary>0.7·(−1.3) = −0.91: from GELU's series the relative error is about −C²(2x² + 3xy + 2y²)/6 = −0.0027 at C = 0.1.</summary>
    [Theory]
    [InlineData(0.1, 3e-3)]
    [InlineData(0.01, 3e-5)]
    public void GeluProduct_OfTwoNumbers_HasTheErrorOfItsSeries(double scale, double bound) =>
        Assert.InRange(Math.Abs(HandTransformer.GeluProduct(0.7, -1.3, scale) / (0.7 * -1.3) - 1), 0.3 * bound, bound);

    [Fact]
    public void Prediction_AtAnX_IgnoresWhatFollows()
    {
        var sequence = RegressionSequence.Draw(new SeededRandom(4), 2, 4);
        var built = HandBuiltRegressor.ShermanMorrison(2, 4, 0.5);
        var before = built.Predict(sequence);
        sequence.Y[2] += 1;
        var after = built.Predict(sequence);
        Assert.Equal(before[..3], after[..3]);
        Assert.NotEqual(before[3], after[3]);
    }
}
