namespace Attune.Reproductions.ImplicitTuning;

/// <summary>What the overlaps are measured on.</summary>
internal sealed record OverlapPlan
{
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Demonstrations of a set.</summary>
    public int Shots { get; init; } = 16;

    /// <summary>Queries of a set.</summary>
    public int Queries { get; init; } = 100;

    /// <summary>Rates of tuning that are tried on training rows.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03];

    /// <summary>Training rows, beside those tuned on, that choose the rate.</summary>
    public int RateRows { get; init; } = 32;

    /// <summary>Demonstrations with which the dual form of the model's heads is computed.</summary>
    public int DualShots { get; init; } = 4;

    /// <summary>What of each field is read.</summary>
    public int Characters { get; init; } = 160;

    public static OverlapPlan Of(ReproductionContext context) => context.At(
        new OverlapPlan { Tasks = ["tiny"], Shots = 6, Queries = 8, Rates = [0.01], RateRows = 4 },
        new OverlapPlan { Tasks = ["sst2", "subj", "agnews"] },
        new OverlapPlan { Tasks = ["sst2", "subj", "agnews", "mpqa"], Queries = 400, RateRows = 64 });
}
