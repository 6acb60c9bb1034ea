using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public class MeasuredTests
{
    /// <summary>Mean 2, s = 1, t(0.975, 2) = 4.302653 (tables): 2 ± 4.302653/√3.</summary>
    [Fact]
    public void Interval_OfThreeSeeds_IsStudents()
    {
        var value = new Measured("v", [1, 2, 3]);
        Assert.Equal(2, value.Mean, 12);
        Assert.Equal(2 - (4.302653 / Math.Sqrt(3)), value.Interval!.Value.Low, 5);
        Assert.Equal(2 + (4.302653 / Math.Sqrt(3)), value.Interval!.Value.High, 5);
    }

    [Fact]
    public void Interval_OfOneSeed_IsNone() => Assert.Null(new Measured("v", [1]).Interval);
}
