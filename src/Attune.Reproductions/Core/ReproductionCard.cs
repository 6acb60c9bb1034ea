namespace Attune.Reproductions;

/// <summary>What a reproduction is about, what it claims, and what it costs.</summary>
public sealed record ReproductionCard
{
    /// <summary>"S187".</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Authors, title, venue and arXiv number.</summary>
    public required string Paper { get; init; }

    /// <summary>When the paper counts as reproduced, as it is read here.</summary>
    public required string DoneWhen { get; init; }

    /// <summary>What each scale runs, in two sentences.</summary>
    public required string Setting { get; init; }

    /// <summary>In the order in which they are reported.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Expected minutes on two cores.</summary>
    public required ScaleMinutes Minutes { get; init; }

    /// <summary>Seeds of a run that names none, but for smoke scale, which has one. More than <see cref="Measured.FewestSeeds"/> where one seed is cheap and noisy.</summary>
    public int Seeds { get; init; } = Measured.FewestSeeds;

    /// <summary>What must be on the machine: "model smollm2-135m-instruct", "encoder minilm-l6-v2", "data sst2".</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];
}
