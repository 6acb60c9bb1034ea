using Attune.Reproductions;
using Attune.Tensors;

namespace Attune.Tests.Reproductions;

public class NormalStreamTests
{
    private const int Draws = 1_000_000;

    /// <summary>Shares within so many standard deviations, from tables of the normal distribution; 3.7 lies in the ziggurat's tail. Five standard errors are allowed.</summary>
    [Theory]
    [InlineData(0.5, 0.382925)]
    [InlineData(1, 0.682689)]
    [InlineData(2, 0.954500)]
    [InlineData(3, 0.997300)]
    [InlineData(3.7, 0.999784)]
    public void Share_WithinDeviations_IsTheNormals(double deviations, double expected)
    {
        var normal = new NormalStream(new SeededRandom(1));
        var within = 0;
        for (var i = 0; i < Draws; i++)
            within += Math.Abs(normal.Next()) < deviations ? 1 : 0;
        Assert.Equal(expected, within / (double)Draws, 5 * Math.Sqrt(expected * (1 - expected) / Draws));
    }

    /// <summary>Moments 0, 1, 0, 3 and 15 of the first, second, third, fourth and sixth order.</summary>
    [Fact]
    public void Moments_OfManyDraws_AreTheNormals()
    {
        var normal = new NormalStream(new SeededRandom(2));
        var sums = new double[7];
        for (var i = 0; i < Draws; i++)
        {
            var (x, power) = (normal.Next(), 1.0);
            for (var k = 1; k < sums.Length; k++)
                sums[k] += (power *= x) / Draws;
        }
        // Variances of xᵏ: 1, 2, 15, 96 and 10170.
        Assert.Equal(0, sums[1], 5 * Math.Sqrt(1.0 / Draws));
        Assert.Equal(1, sums[2], 5 * Math.Sqrt(2.0 / Draws));
        Assert.Equal(0, sums[3], 5 * Math.Sqrt(15.0 / Draws));
        Assert.Equal(3, sums[4], 5 * Math.Sqrt(96.0 / Draws));
        Assert.Equal(15, sums[6], 5 * Math.Sqrt(10_170.0 / Draws));
    }

    [Fact]
    public void Fill_WithTheSameSeed_GivesTheSameNumbers()
    {
        var (a, b) = (new float[100], new float[100]);
        new NormalStream(new SeededRandom(3)).Fill(a, 0.5);
        new NormalStream(new SeededRandom(3)).Fill(b, 0.5);
        Assert.Equal(a, b);
    }
}
