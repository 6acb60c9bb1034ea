using Attune.Reproductions.SoftmaxRegression;

namespace Attune.Tests.Reproductions.SoftmaxRegression;

public class HeadCircuitTests
{
    /// <summary>d = 2: diagonal 3 and 5, one entry 1 off it, 2 in the row that reads y; the last column counts nowhere.</summary>
    [Fact]
    public void Measures_OfAMatrix_AreWorkedByHand()
    {
        var head = new HeadCircuit(new double[,] { { 3, 1, 9 }, { 0, 5, 9 }, { 2, 0, 9 } }, [0.3, 0.4, 1.2]);
        Assert.Equal(4 / Math.Sqrt(3), head.Omega, 9);
        Assert.Equal(1.2, head.Mu, 9);
        Assert.Equal(Math.Sqrt(5.0 / 39), head.OffDiagonal, 9);
        Assert.Equal(0.25, head.Inhomogeneity, 9);
        Assert.Equal(0.5 / 1.3, head.ValueOutside, 9);
    }

    /// <summary>The whole rate up to the half, the mean of ends at three quarters, a hundredth at the end.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(50, 1)]
    [InlineData(75, 0.505)]
    [InlineData(100, 0.01)]
    public void Rate_OfAPlan_FallsInTheSecondHalf(int step, double share) =>
        Assert.Equal(0.002 * share, new HeadPlan(new RegressionSetting(5, 40, 0.1), [1], 1, 100, 8, 0.002).Rate(step), 9);
}
