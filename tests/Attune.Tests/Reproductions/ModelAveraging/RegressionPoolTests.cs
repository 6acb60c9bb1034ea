using Attune.Reproductions.ModelAveraging;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.ModelAveraging;

public sealed class RegressionPoolTests
{
    [Fact]
    public void Posterior_TwoWeights_IsSoftmaxOfSquaredErrors()
    {
        var pool = new RegressionPool([[1], [-1]], 0.5);
        Assert.Equal(1 / (1 + Math.Exp(-2)), pool.Posterior([[1]], [0.5])[0], 12);      // errors ¼ and 2¼, over 2σ² = 1
    }

    [Fact]
    public void Regret_AnySequence_LiesBetweenZeroAndTheLogarithmOfThePool()
    {
        var random = new SeededRandom(4);
        var pool = RegressionPool.Draw(16, 3, 0.25, random);
        for (var i = 0; i < 200; i++)
            Assert.All(pool.DrawRegret(12, random), r => Assert.InRange(r, -1e-9, Math.Log(16) + 1e-9));
    }
}
