namespace Attune.Data;

/// <summary>What was understood of the data, and what is odd about it. Texts are equal here when they are after trimming, joining of blanks and lower-casing.</summary>
public sealed record DataReport
{
    public required string Name { get; init; }

    public required TaskKind Kind { get; init; }

    public required IReadOnlyList<FileSummary> Files { get; init; }

    public required IReadOnlyList<ColumnSummary> Columns { get; init; }

    /// <summary>In the order of the task's labels; empty for other kinds than classification.</summary>
    public required IReadOnlyList<LabelCount> Labels { get; init; }

    /// <summary>Lengths in UTF-16 units of the inputs' texts, over all splits.</summary>
    public required LengthSummary? Characters { get; init; }

    /// <summary>Lengths in tokens; null until a counter is given.</summary>
    public LengthSummary? Tokens { get; init; }

    /// <summary>Training rows whose text already stood in an earlier training row.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Texts that stand in training with more than one label; 0 for kinds in which a text may have several answers.</summary>
    public required int ContradictoryDuplicates { get; init; }

    /// <summary>Test rows whose text or group also stands in training. Fitting leaves the training rows out.</summary>
    public required int TestRowsInTraining { get; init; }

    /// <summary>One sentence for each bad row that was left out, with file, line and reason.</summary>
    public required IReadOnlyList<string> SkippedRows { get; init; }

    public required IReadOnlyList<WarningMessage> Warnings { get; init; }
}
