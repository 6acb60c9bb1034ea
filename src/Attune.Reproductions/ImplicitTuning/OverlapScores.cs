namespace Attune.Reproductions.ImplicitTuning;

/// <summary>What one set of demonstrations gives on one task: means over its queries.</summary>
internal sealed record OverlapScores
{
    public required TurnedQueries Tuned { get; init; }

    /// <summary>The same with tuning on permuted labels.</summary>
    public required TurnedQueries Permuted { get; init; }

    /// <summary>Share of the queries that were wrong without demonstrations and that demonstrations turned right.</summary>
    public required double TurnedByDemonstrations { get; init; }

    public required double Updates { get; init; }

    public required double PermutedUpdates { get; init; }

    public required double RandomUpdates { get; init; }

    /// <summary>Likeness of attention with demonstrations and without.</summary>
    public required double MapsBefore { get; init; }

    /// <summary>Likeness of attention with demonstrations and after tuning.</summary>
    public required double MapsAfter { get; init; }

    public required double PermutedMapsAfter { get; init; }

    public required double Kendall { get; init; }

    public required double PermutedKendall { get; init; }

    public required double RandomKendall { get; init; }

    /// <summary>Accuracy without demonstrations, with them, tuned, and tuned on permuted labels.</summary>
    public required double Zero { get; init; }

    public required double InContext { get; init; }

    public required double TunedRight { get; init; }

    public required double PermutedRight { get; init; }
}
