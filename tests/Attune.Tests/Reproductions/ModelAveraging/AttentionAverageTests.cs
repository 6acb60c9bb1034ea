using Attune.Reproductions.ModelAveraging;

namespace Attune.Tests.Reproductions.ModelAveraging;

public sealed class AttentionAverageTests
{
    private static readonly double[][] Keys = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    private static readonly double[] Values = [5, -2, 0.5];

    [Fact]
    public void Ridge_OrthonormalKeys_ShrinksTheStoredValue()
    {
        Assert.Equal(5 / 1.25, AttentionAverage.Ridge(Keys, Values, [1, 0, 0], AttentionAverage.Inner, 0.25), 12);
        Assert.Equal(-2, AttentionAverage.Ridge(Keys, Values, [0, 1, 0], AttentionAverage.Inner, 1e-14), 12);
    }

    [Fact]
    public void Softmax_LowTemperature_ReturnsTheStoredValue()
    {
        Assert.Equal(0.5, AttentionAverage.Softmax(Keys, Values, [0, 0, 1], 1e-3), 12);
        Assert.Equal((5 * Math.E - 2 + 0.5) / (Math.E + 2), AttentionAverage.Softmax(Keys, Values, [1, 0, 0], 1), 12);
    }
}
