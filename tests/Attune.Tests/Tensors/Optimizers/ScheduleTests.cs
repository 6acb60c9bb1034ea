using Attune.Tensors.Optimizers;

namespace Attune.Tests.Tensors.Optimizers;

public class ScheduleTests
{
    [Fact]
    public void Linear_WarmupOfTwoInSixSteps_RisesAndFalls()
    {
        var rate = LearningRateSchedule.Linear(8, 2, 6);
        Assert.Equal([0, 4, 8, 6, 4, 2, 0, 0], Enumerable.Range(0, 8).Select(rate));
    }

    [Fact]
    public void Cosine_HalfWay_IsHalfTheRate()
    {
        var rate = LearningRateSchedule.Cosine(1, 0, 10);
        Assert.Equal(1, rate(0));
        Assert.Equal(0.5, rate(5), 12);
        Assert.Equal(0, rate(10), 12);
    }

    [Fact]
    public void WarmupStableDecay_LinearFall_StaysAtTheLeast()
    {
        var rate = LearningRateSchedule.WarmupStableDecay(1, 2, 2, 4, least: 0.2, fall: RateCurve.Linear);
        double[] expected = [0.2, 0.6, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2];
        Assert.All(expected.Select((e, t) => (e, t)), p => Assert.Equal(p.e, rate(p.t), 12));
    }

    [Fact]
    public void ByName_EverySchedule_IsAtTheBaseRateAfterWarmupAndNeverAbove()
    {
        Assert.All(LearningRateSchedule.ByName, entry =>
        {
            var rates = Enumerable.Range(0, 100).Select(entry.Value(0.5, 10, 100)).ToArray();
            Assert.Equal(0, rates[0], 12);
            Assert.Equal(0.5, rates[10], 12);
            Assert.All(rates, r => Assert.InRange(r, 0, 0.5 + 1e-12));
        });
    }

    [Fact]
    public void OneCycle_Linear_ReachesTheLargestAndEndsAtTheLast()
    {
        var cycle = new OneCycle(1, 11) { RiseShare = 6.0 / 11, DivideFirst = 5, DivideLast = 2, Curve = RateCurve.Linear };
        Assert.Equal((0.2, 1, 0.1), (cycle.Rate(0), cycle.Rate(5), Math.Round(cycle.Rate(10), 12)));
    }

    [Fact]
    public void Plateau_PatienceOfOne_LowersAtTheSecondWorseReport()
    {
        var schedule = new PlateauSchedule(1) { Factor = 0.5, Patience = 1 };
        var rates = new[] { 3.0, 2, 2, 2, 1, 2 }.Select(m =>
        {
            schedule.Report(m);
            return schedule.Rate;
        });
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5], rates);
    }
}
