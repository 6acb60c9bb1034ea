using Attune.Reproductions.SoftmaxRegression;

namespace Attune.Tests.Reproductions.SoftmaxRegression;

public class ApproximateLossTests
{
    /// <summary>
    /// With a = (1+σ²)/L = 0.0275: one head gives 1.1 − ω²/(ω² + a·e^(5ω²)), least at ω² = 1/5: 0.3721. Two with ±ω give 1.1 − 1/(1 + a·sinh(5ω²)/ω²), which falls to
    /// 1.1 − 1/(1 + 5a) = 0.2209 as ω goes to 0.
    /// </summary>
    [Theory]
    [InlineData(false, 0.4472, 0.37208)]
    [InlineData(true, 0.005, 0.22088)]
    public void Least_OfOneAndTwoHeads_IsWorkedByHand(bool two, double omega, double loss)
    {
        var least = ApproximateLoss.Least(new RegressionSetting(5, 40, 0.1), two);
        Assert.Equal(omega, least.Omega, 0.003);
        Assert.Equal(loss, least.Loss, 0.00002);
    }
}
