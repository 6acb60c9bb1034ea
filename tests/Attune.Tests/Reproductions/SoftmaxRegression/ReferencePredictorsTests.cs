using Attune.Reproductions;
using Attune.Reproductions.SoftmaxRegression;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.SoftmaxRegression;

/// <summary>
/// Errors that were simulated for d = 5, L = 40, σ² = 0.1 elsewhere, each predictor at its best scale. That of one head with ω = 0.5 comes from 60,000 sequences of a program of
/// plain loops in another language: 0.301 with a standard error of 0.003.
/// </summary>
public class ReferencePredictorsTests
{
    private static readonly RegressionSetting Setting = new(5, 40, 0.1);

    /// <summary>Squared errors scatter about three times as much as their mean, so the mean of 30,000 is known to 2%.</summary>
    [Fact]
    public void Errors_OfKnownPredictors_AreThoseSimulated()
    {
        using var batch = new RegressionBatch(Setting, 30_000);
        batch.Draw(new NormalStream(new SeededRandom(5)));
        Assert.Equal(0.0143, Error(batch, s => ReferencePredictors.Ridge(batch, s), scaled: false), 0.0006);
        Assert.Equal(0.140, Error(batch, s => ReferencePredictors.GradientStep(batch, s)), 0.004);
        Assert.Equal(0.143, Error(batch, s => ReferencePredictors.DebiasedStep(batch, s)), 0.004);
        Assert.Equal(0.143, Error(batch, s => ReferencePredictors.Heads(batch, s, [0.02, -0.02], [1, -1])), 0.004);
        Assert.Equal(0.301, Error(batch, s => ReferencePredictors.Heads(batch, s, [0.5], [1])), 0.012);
    }

    /// <summary>Two examples in one dimension, worked by hand: x = (1, −1), y = (2, 0), x_q = 3.</summary>
    [Fact]
    public void Predictions_OfTwoExamples_AreWorkedByHand()
    {
        using var batch = new RegressionBatch(new RegressionSetting(1, 2, 0.5), 1);
        new float[] { 1, 2, -1, 0 }.CopyTo(batch.Tokens.Span);
        new float[] { 3, 0 }.CopyTo(batch.Queries.Span);
        // (2·3 + 0)/2 = 3; the mean of x is 0, so nothing changes; ridge: Xy = 2, XX = 2, penalty 0.5: 3·2/2.5.
        Assert.Equal(3, ReferencePredictors.GradientStep(batch, 0), 9);
        Assert.Equal(3, ReferencePredictors.DebiasedStep(batch, 0), 9);
        Assert.Equal(2.4, ReferencePredictors.Ridge(batch, 0), 9);
        // softmax(ω·3, −ω·3) with ω = ln 3/6 is (3/4, 1/4): 5·(3/4·2).
        Assert.Equal(7.5, ReferencePredictors.Heads(batch, 0, [Math.Log(3) / 6], [5]), 9);
    }

    private static double Error(RegressionBatch batch, Func<int, double> predict, bool scaled = true)
    {
        var (ff, ft, tt) = (0.0, 0.0, 0.0);
        for (var s = 0; s < batch.Count; s++)
        {
            double f = predict(s), t = batch.Clean[s];
            (ff, ft, tt) = (ff + f * f, ft + f * t, tt + t * t);
        }
        return (scaled ? tt - ft * ft / ff : tt - 2 * ft + ff) / batch.Count;
    }
}
