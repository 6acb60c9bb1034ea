using Attune.Data;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>All that a comparison is asked for. What changes results enters its identity; the rest (progress, folder) does not.</summary>
public sealed record ComparisonRequest
{
    public required Dataset Data { get; init; }

    /// <summary>Path of the data as the user gave it.</summary>
    public required string DataPath { get; init; }

    /// <summary>Path or name of the language model; null: none.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Path or name of the sentence encoder; null: none.</summary>
    public string? EncoderPath { get; init; }

    public required IReadOnlyList<PlannedMethod> Methods { get; init; }

    /// <summary>Label budgets, ascending.</summary>
    public required IReadOnlyList<ShotSpec> Shots { get; init; }

    /// <summary>Number of seeds: 0, 1, … added to <see cref="FirstSeed"/>.</summary>
    public int Seeds { get; init; } = 3;

    public int FirstSeed { get; init; }

    /// <summary>Test rows drawn for each seed; null: all.</summary>
    public int? TestRows { get; init; }

    public bool Natural { get; init; }

    public bool KeepLeaks { get; init; }

    public Objective Objective { get; init; }

    /// <summary>Time that the whole comparison may take; null: no limit.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Where results go; null: a folder under runs/ named by the identity's hash.</summary>
    public string? Folder { get; init; }

    public OverflowPolicy Overflow { get; init; }

    public Precision Precision { get; init; }

    /// <summary>The method that others are compared with; null: zero-shot, else majority.</summary>
    public string? Baseline { get; init; }

    /// <summary>Bytes that the engine may hold; null: no limit.</summary>
    public long? LimitMemory { get; init; }

    /// <summary>Leave texts of rows out of the report and the predictions' files.</summary>
    public bool NoExamples { get; init; }
}
