using Attune.Cli.Bench;

namespace Attune.Tests.Cli.Bench;

public class AlternationTests
{
    [Fact]
    public void Run_ThreePairs_AlternatesPeerFirstAndKeepsEachTime()
    {
        var order = new List<string>();
        var (ours, theirs) = Alternation.Run(3, () => Note("ours"), () => Note("theirs"));
        Assert.Equal(["theirs", "ours", "theirs", "ours", "theirs", "ours"], order);
        Assert.Equal([2.0, 4.0, 6.0], ours);
        Assert.Equal([1.0, 3.0, 5.0], theirs);

        double Note(string who)
        {
            order.Add(who);
            return order.Count;
        }
    }

    [Fact]
    public void Ratio_OfPairs_IsThatOfTheMediansWithTheSpreadOfPairs()
    {
        // Medians 2 s and 6 s; pairs 4/1, 6/2 and 20/4.
        var work = new PairedWork("prefill", "prefill", "tokens", 512, [1, 2, 4], [4, 6, 20]);
        Assert.Equal(256, work.OurRate);
        Assert.Equal(512 / 6.0, work.TheirRate, 12);
        Assert.Equal(3, work.Ratio, 12);
        Assert.Equal(3, work.LeastRatio);
        Assert.Equal(5, work.LargestRatio);
    }

    [Theory]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 2, 3 }, 2.5)]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[0], double.NaN)]
    public void Median_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Medians.Of(values));

    [Fact]
    public void Run_WhereThePeerFails_IsMissingWithTheReason()
    {
        using var model = new BenchModel(TinyModels.Language(), null);
        using var work = model.Create("decode", BenchSessionTests.Small, 1);
        using var peer = new BrokenPeer();
        var paired = Alternation.Run(work, peer, new BenchRunner(1, 0, default), 3, null, default);
        Assert.Equal("it is broken", paired.Missing);
        Assert.Empty(paired.Ours);
    }

    private sealed class BrokenPeer : IPeer
    {
        public string Name => "broken";

        public string Version => "1";

        public IReadOnlyList<string> Works => ["decode"];

        public double Run(string work, CancellationToken cancel) => throw new PeerException("it is broken");

        public void Dispose()
        {
        }
    }
}
