using System.Text.Json.Nodes;
using Attune.Tensors.Optimizers;

namespace Attune.Training.Pretraining;

/// <summary>How the learning rate goes over the steps.</summary>
public sealed record SchedulePlan
{
    public RateShape Shape { get; init; } = RateShape.Cosine;

    /// <summary>Steps over which the rate rises on a line.</summary>
    public int WarmUp { get; init; }

    /// <summary>Share of the steps over which the rate falls at the end; for <see cref="RateShape.Wsd"/>.</summary>
    public double Decay { get; init; } = 0.2;

    /// <summary>What is left of the rate at the end, as a share.</summary>
    public double Least { get; init; }

    /// <summary>The rate of step t, from 1.</summary>
    internal Func<int, double> Of(double rate, int steps)
    {
        var decay = (int)Math.Round(Decay * steps);
        return Shape switch
        {
            RateShape.Cosine => LearningRateSchedule.Cosine(rate, WarmUp, steps, least: Least),
            RateShape.Linear => t => Least * rate + (1 - Least) * LearningRateSchedule.Linear(rate, WarmUp, steps)(t),
            RateShape.Wsd => LearningRateSchedule.WarmupStableDecay(rate, WarmUp, Math.Max(0, steps - WarmUp - decay), decay, Least, fall: RateCurve.Linear),
            _ => LearningRateSchedule.Constant(rate, WarmUp),
        };
    }

    internal JsonObject ToJson() => new() { ["kind"] = Shape.ToString(), ["warm_up"] = WarmUp, ["decay"] = Decay, ["least"] = Least };
}
