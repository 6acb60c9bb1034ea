using Attune.Reproductions.InductionHeads;

namespace Attune.Tests.Reproductions.InductionHeads;

public class InductionTraceTests
{
    /// <summary>N = 4, B = 1: the middle between 1/4 and 1 is 5/8. IC goes from 1/4 at 200 to 1 at 300, attention to the right label from 0.1 to 0.9 at the same time.</summary>
    [Fact]
    public void Times_OfAJump_AreAtItsMiddle()
    {
        var plan = new InductionPlan(new BurstSetting { Items = 4 }, false, 500, 0.1, 100);
        double[] inContext = [0.05, 0.25, 0.25, 1, 1, 1], any = [0.2, 0.6, 1, 1, 1, 1], head = [0.1, 0.1, 0.1, 0.9, 0.9, 0.9];
        var trace = new InductionTrace(plan, [.. inContext.Select((v, i) => new LearningPoint(100 * i, v, 0.75, 0.25, any[i], 0, 0, head[i]))]);
        Assert.Equal(250, trace.Jump, 9);
        Assert.Equal(250, trace.Head, 9);
        Assert.Equal(100, trace.Context, 9);
        Assert.Equal(50 / 250.0, trace.RiseShare, 9);
        Assert.Equal(0.5, trace.ContextOverWeights, 9);
    }
}
