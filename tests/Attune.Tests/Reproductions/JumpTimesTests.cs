using Attune.Reproductions;

namespace Attune.Tests.Reproductions;

public class JumpTimesTests
{
    private static readonly double[] Steps = [0, 100, 200, 300];

    [Theory]
    [InlineData(0.2, 150)]
    [InlineData(0.5, 225)]
    [InlineData(-1, 0)]
    public void FirstAbove_BetweenPoints_IsOnTheLine(double level, double expected) =>
        Assert.Equal(expected, JumpTimes.FirstAbove(Steps, [0, 0, 0.4, 0.8], level), 9);

    [Fact]
    public void FirstAbove_OfALevelNeverPassed_IsNotANumber() => Assert.True(double.IsNaN(JumpTimes.FirstAbove(Steps, [0, 0, 0.4, 0.8], 0.8)));

    /// <summary>A line from the beginning passes its quarters at 75 and 225, its middle at 150.</summary>
    [Fact]
    public void RiseShare_OfALine_IsOne() => Assert.Equal(1, JumpTimes.RiseShare(Steps, [0, 1 / 3.0, 2 / 3.0, 1], 0, 1), 9);

    /// <summary>Between 200 and 300 the quarters lie at 225 and 275, the middle at 250.</summary>
    [Fact]
    public void RiseShare_OfALateStep_IsSmall() => Assert.Equal(0.2, JumpTimes.RiseShare(Steps, [0, 0, 0, 1], 0, 1), 9);
}
