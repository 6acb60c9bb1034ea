using System.Text.Json.Serialization;

namespace Attune.Evaluation.Comparison;

/// <summary>How a cell ended.</summary>
public enum CellStatus
{
    Done,

    /// <summary>The method needs rows, a model or a kind of task that this cell does not have.</summary>
    NotApplicable,

    /// <summary>The method failed; the message says why. The comparison goes on.</summary>
    Failed,

    /// <summary>The time budget did not reach it, or the run was interrupted before it; never in results.jsonl.</summary>
    NotRun,
}

/// <summary>One line of results.jsonl: a method at a budget and a seed.</summary>
public sealed record CellResult
{
    public required string Method { get; init; }

    /// <summary>The budget as written: "16", "total:64", "all", "0".</summary>
    public required string Shots { get; init; }

    public required int Seed { get; init; }

    /// <summary>As <see cref="RunResults.Key"/> writes it.</summary>
    [JsonIgnore]
    public string Key => RunResults.Key(Method, Shots, Seed);

    public required CellStatus Status { get; init; }

    /// <summary>Why it is not applicable or failed; empty if done.</summary>
    public string Message { get; init; } = "";

    /// <summary>accuracy, macro-f1, nll, ece, brier over the whole test part of this seed.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Test rows predicted.</summary>
    public int Rows { get; init; }

    /// <summary>Labelled rows given.</summary>
    public int LabelledRows { get; init; }

    /// <summary>Rows that the overflow policy left out (they count as wrong), shortened, or stripped of demonstrations.</summary>
    public int Dropped { get; init; }

    public int Shortened { get; init; }

    public double FitSeconds { get; init; }

    /// <summary>Wall milliseconds of predicting, divided by rows.</summary>
    public double QueryMilliseconds { get; init; }

    /// <summary>Mean tokens of a prompt as the model sees it.</summary>
    public double PromptTokens { get; init; }

    /// <summary>Floating-point operations of a query, counted.</summary>
    public double QueryFlops { get; init; }

    public long TrainedParameters { get; init; }

    /// <summary>Bytes of the saved adaptation.</summary>
    public long Bytes { get; init; }

    /// <summary>The engine's own high-water mark in this cell.</summary>
    public long PeakMemoryBytes { get; init; }

    public long FitCalls { get; init; }

    public long FitTokens { get; init; }

    public double FitFlops { get; init; }

    /// <summary>File of the predictions, relative to the run's folder.</summary>
    public string Predictions { get; init; } = "";

    /// <summary>Folder of the saved adaptation, relative to the run's folder.</summary>
    public string Adaptation { get; init; } = "";

    /// <summary>Findings of fitting.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Tier of the kernels: "simd-512".</summary>
    public string Kernels { get; init; } = "";

    public string Processor { get; init; } = "";

    public string Version { get; init; } = "";

    public string Precision { get; init; } = "";

    /// <summary>When the cell ended, UTC, ISO 8601.</summary>
    public string Ended { get; init; } = "";
}
