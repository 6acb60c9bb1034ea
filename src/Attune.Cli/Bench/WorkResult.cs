using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>What the timing of a work gave.</summary>
/// <param name="Counted">What <paramref name="Amount"/> counts, for a person.</param>
internal sealed record WorkResult(string Name, string Title, string Unit, double Units, WorkAmount Amount, string Counted)
{
    /// <summary>Seconds of each timed run; empty where the work could not run.</summary>
    public IReadOnlyList<double> Seconds { get; init; } = [];

    /// <summary>Why it could not run.</summary>
    public string? Missing { get; init; }

    /// <summary>Operations of one more run, and how long it took.</summary>
    public IReadOnlyList<OperationTotal> Operations { get; init; } = [];

    public double ProfiledSeconds { get; init; }

    public double MedianSeconds => Medians.Of(Seconds);

    /// <summary>Units in a second, of the median run.</summary>
    public double Rate => Units / MedianSeconds;

    public static WorkResult Of(BenchWork work) => new(work.Name, work.Title, work.Unit, work.Units, work.Amount, work.Counted);
}
