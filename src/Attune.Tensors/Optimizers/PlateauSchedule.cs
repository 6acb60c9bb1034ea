namespace Attune.Tensors.Optimizers;

/// <summary>
/// Lowers the rate by <see cref="Factor"/> when a metric has not become better for more than <see cref="Patience"/> reports;
/// after that it does not count for <see cref="Cooldown"/> reports.
/// </summary>
public sealed class PlateauSchedule(double rate)
{
    private double best = double.NaN;
    private int worse;
    private int resting;

    public double Factor { get; init; } = 0.1;
    public int Patience { get; init; } = 10;
    public int Cooldown { get; init; }
    public double LeastRate { get; init; }

    /// <summary>How much better counts: a share of the best (<see cref="Relative"/>) or a difference.</summary>
    public double Threshold { get; init; } = 1e-4;

    public bool Relative { get; init; } = true;

    /// <summary>More is better.</summary>
    public bool Maximize { get; init; }

    public double Rate { get; private set; } = rate;

    public void Report(double metric)
    {
        if (double.IsNaN(best) || IsBetter(metric))
            (best, worse) = (metric, 0);
        else
            worse++;
        if (resting > 0)
            (resting, worse) = (resting - 1, 0);
        if (worse <= Patience)
            return;
        var lower = Math.Max(Rate * Factor, LeastRate);
        // Changes below 1e-8 are not worth the restart of the count in the rule that this follows.
        if (Rate - lower > 1e-8)
            Rate = lower;
        (resting, worse) = (Cooldown, 0);
    }

    private bool IsBetter(double metric) => (Maximize, Relative) switch
    {
        (false, true) => metric < best * (1 - Threshold),
        (false, false) => metric < best - Threshold,
        (true, true) => metric > best * (1 + Threshold),
        (true, false) => metric > best + Threshold,
    };
}
