using Attune.Reproductions.SoftmaxRegression;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.SoftmaxRegression;

public class HeadChecksTests
{
    private static readonly RegressionSetting Setting = new(4, 12, 0.2);

    [Fact]
    public void TwoHeads_WithSmallWeights_AreADebiasedStepToSecondOrder() => Assert.True(HeadChecks.DebiasedOrder(Setting, new SeededRandom(1)) < 0.02);

    [Fact]
    public void Net_WithPluggedCircuits_ComputesTheFormula() => Assert.True(HeadChecks.PluggedNet(Setting, new SeededRandom(1)) < 1e-5);

    [Fact]
    public void Constant_OnAllLabels_MovesBySumOfMu()
    {
        Assert.True(HeadChecks.Shift(Setting, [0.4, -0.4], [1, -1], 3, new SeededRandom(1)) < 1e-5);
        Assert.True(HeadChecks.Shift(Setting, [0.5], [1.5], 3, new SeededRandom(1)) < 1e-5);
    }

    [Fact]
    public void Context_TurnedAround_ChangesNothing() => Assert.True(HeadChecks.Permutation(Setting, new SeededRandom(1)) < 1e-5);

    [Fact]
    public void ApproximateLoss_HasItsGradient()
    {
        Assert.True(HeadChecks.LossGradient(Setting, new SeededRandom(1)) < 1e-7);
        Assert.True(HeadChecks.GradientAtBestMu(Setting, new SeededRandom(1)) < 1e-10);
    }
}
