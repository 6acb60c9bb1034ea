namespace Attune.Reproductions.InductionHeads;

/// <summary>One training as it went.</summary>
public sealed record InductionTrace(InductionPlan Plan, IReadOnlyList<LearningPoint> Points)
{
    /// <summary>Looks at the end that a final value is the mean of.</summary>
    private const int Last = 3;

    /// <summary>B/N: how often some label of the context is right.</summary>
    public double ByChance => (double)Plan.Task.Burstiness / Plan.Task.Items;

    /// <summary>Step at which IC accuracy passes the middle between B/N and 1; NaN: never.</summary>
    public double Jump => JumpTimes.FirstAbove(Steps, Values(p => p.InContext), (1 + ByChance) / 2);

    /// <summary>Time from the first to the third quarter of that way over the time of its middle.</summary>
    public double RiseShare => JumpTimes.RiseShare(Steps, Values(p => p.InContext), ByChance, 1);

    /// <summary>Step at which attention to the right label (TILA2) passes the middle between its first and its largest value.</summary>
    public double Head
    {
        get
        {
            var values = Values(p => p.TargetToCorrect);
            return JumpTimes.FirstAbove(Steps, values, (values[0] + values.Max()) / 2);
        }
    }

    /// <summary>Step at which the probability of the context's labels (CLA) passes the middle between its first value and 1.</summary>
    public double Context
    {
        get
        {
            var values = Values(p => p.AnyContextLabel);
            return JumpTimes.FirstAbove(Steps, values, (values[0] + 1) / 2);
        }
    }

    /// <summary>IC2 − IWL at the end: above 0 the net goes by the context, below by what it learned.</summary>
    public double ContextOverWeights => Final(p => p.Shifted - p.InWeights);

    public IReadOnlyList<double> Steps => [.. Points.Select(p => (double)p.Step)];

    /// <summary>The mean of a value over the last looks.</summary>
    public double Final(Func<LearningPoint, double> value) => Points.TakeLast(Last).Average(value);

    private IReadOnlyList<double> Values(Func<LearningPoint, double> value) => [.. Points.Select(value)];
}
