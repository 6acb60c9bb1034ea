namespace Attune.Evaluation.Comparison;

/// <summary>A method at a budget over all seeds: one row of the table. Means are over seeds.</summary>
public sealed record SummaryRow
{
    public required string Method { get; init; }
    public required string Shots { get; init; }

    /// <summary>Name of the objective.</summary>
    public required string Metric { get; init; }

    public required double Mean { get; init; }

    /// <summary>95% interval by the two-level bootstrap over seeds and rows.</summary>
    public required double Low { get; init; }
    public required double High { get; init; }

    /// <summary>Paired difference to the baseline with its 95% interval, each for itself; null for the baseline itself.</summary>
    public double? Difference { get; init; }
    public double? DifferenceLow { get; init; }
    public double? DifferenceHigh { get; init; }

    /// <summary>Two-sided p of the difference after Holm's correction over the table.</summary>
    public double? P { get; init; }

    /// <summary>The winner, or not distinguishable from it.</summary>
    public bool Best { get; init; }
    public bool Winner { get; init; }

    /// <summary>The cheapest per query of those marked.</summary>
    public bool Cheapest { get; init; }

    public double Ece { get; init; }
    public double FitSeconds { get; init; }
    public double QueryMs { get; init; }
    public double PromptTokens { get; init; }
    public double QueryFlops { get; init; }
    public long TrainedParameters { get; init; }
    public long Bytes { get; init; }
    public long PeakMemoryBytes { get; init; }
    public double FitCalls { get; init; }
    public double FitTokens { get; init; }
    public double FitFlops { get; init; }
    public string Kernels { get; init; } = "";

    /// <summary>Test rows of a seed.</summary>
    public int Rows { get; init; }

    /// <summary>Seeds that are in.</summary>
    public int Seeds { get; init; }

    /// <summary>Rows dropped or shortened over all seeds.</summary>
    public int Dropped { get; init; }
    public int Shortened { get; init; }

    /// <summary>Some of its cells ran on other kernels, another processor or another version than the run's last cell.</summary>
    public bool Mixed { get; init; }
}
