using Attune.Tensors;

namespace Attune.Tests.Tensors;

public sealed class ProcessorTests
{
    [Theory]
    [InlineData(8, 8, null, 8)]
    [InlineData(8, 2, null, 2)]
    [InlineData(8, null, 1.5, 2)]
    [InlineData(8, 4, 0.2, 1)]
    [InlineData(2, 64, 64.0, 2)]
    [InlineData(4, 0, null, 1)]
    [InlineData(4, null, 1e12, 4)]
    public void CountProcessors_OfMaskAndQuota_TakesTheLeast(int reported, int? allowed, double? quota, int expected) =>
        Assert.Equal(expected, ThreadTeam.CountProcessors(reported, allowed, quota));

    [Fact]
    public void ReadThreads_OfTheVariable_WinsOverTheProcessors()
    {
        Assert.Equal(3, ThreadTeam.ReadThreads(null, 3));
        Assert.Equal(3, ThreadTeam.ReadThreads("", 3));
        Assert.Equal(7, ThreadTeam.ReadThreads("7", 3));
        Assert.Contains("'two'", Assert.Throws<AttuneException>(() => ThreadTeam.ReadThreads("two", 3)).Message, StringComparison.Ordinal);
        Assert.Throws<AttuneException>(() => ThreadTeam.ReadThreads("0", 3));
    }

    [Fact]
    public void Processors_OfThisProcess_AreNoMoreThanTheRuntimeReports() => Assert.InRange(ThreadTeam.Processors, 1, Environment.ProcessorCount);
}
