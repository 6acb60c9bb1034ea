using Attune.Evaluation.Comparison;

namespace Attune.Reproductions;

/// <summary>What one run found, with what is needed to run it again.</summary>
public sealed record ReproductionResult
{
    public required ReproductionCard Card { get; init; }

    public required RunScale Scale { get; init; }

    public required int Seeds { get; init; }

    public required int FirstSeed { get; init; }

    /// <summary>One for each claim of the card, in its order.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<CheckResult> Checks { get; init; }

    /// <summary><see cref="ResultTable"/>, <see cref="Figure"/> and <see cref="HeatMap"/> in the order in which they were added.</summary>
    public required IReadOnlyList<object> Exhibits { get; init; }

    /// <summary>Sizes that the run used, by name.</summary>
    public required IReadOnlyList<(string Name, string Value)> Settings { get; init; }

    public required double Seconds { get; init; }

    public string Version { get; init; } = Machine.Version;

    public string Processor { get; init; } = Machine.Processor;

    public string Kernels { get; init; } = Machine.Kernels;

    public int Threads { get; init; } = Tensors.ThreadTeam.Threads;

    /// <summary>Whether something failed that must hold at any scale: nothing that the run says may then be trusted.</summary>
    public bool Failed => Checks.Any(c => !c.Holds);
}
