using Attune.Methods.Merging;

namespace Attune.Tests.Methods.Merging;

public class MergeToleranceTests
{
    [Theory]
    [InlineData(0.1, 0.5, true)]
    [InlineData(0.5, 0.5, false)]
    [InlineData(0.6, 0.5, false)]
    [InlineData(0.0001, 0.0001, true)]
    [InlineData(double.PositiveInfinity, 0.5, false)]
    public void IsNearer_ComparesWithTheModelWithoutItsAdapter(double merged, double without, bool expected) =>
        Assert.Equal(expected, MergeTolerance.IsNearer(new LogitDifference(merged, 1, 1, 1), new LogitDifference(without, 1, 1, 1)));
}
