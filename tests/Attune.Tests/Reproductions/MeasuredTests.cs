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

    /// <summary>Differences 1, 2, 3: the interval of the test above, (−0.484, 4.484).</summary>
    [Theory]
    [InlineData(-0.5, true)]
    [InlineData(-0.48, false)]
    public void IsAbove_OfADifferenceOfThreeSeeds_AsksForTheWholeInterval(double margin, bool above) =>
        Assert.Equal(above, Measured.Difference("d", new("a", [11, 22, 33]), new("b", [10, 20, 30])).IsAbove(margin));

    [Theory]
    [InlineData(4.49, true)]
    [InlineData(4.48, false)]
    public void IsBelow_OfThreeSeeds_AsksForTheWholeInterval(double margin, bool below) => Assert.Equal(below, new Measured("v", [1, 2, 3]).IsBelow(margin));

    [Fact]
    public void IsAbove_OfTwoSeeds_IsNever() => Assert.False(new Measured("v", [5, 5]).IsAbove());

    [Fact]
    public void Difference_OfUnequalSeeds_IsRefused() => Assert.Throws<ArgumentException>(() => Measured.Difference("d", new("a", [1, 2]), new("b", [1])));

    [Fact]
    public void Interval_OfOneSeed_IsNone() => Assert.Null(new Measured("v", [1]).Interval);
}
