using Attune.Methods.Head;

namespace Attune.Reproductions.Tart;

/// <summary>What a scale of S186 runs.</summary>
internal sealed record TartSizes
{
    /// <summary>Internal, so that the recorded settings of the run do not hold it twice.</summary>
    internal required TartPlan Reasoner { get; init; }

    public IReadOnlyList<string> Tasks { get; init; } = ["sst2", "subj", "mpqa", "rte", "agnews"];

    /// <summary>Labelled rows, ascending; claims are decided at the last.</summary>
    public required IReadOnlyList<int> Rows { get; init; }

    /// <summary>Test rows of a task and seed.</summary>
    public required int TestRows { get; init; }

    /// <summary>Fresh synthetic tasks that decide, for each reasoner.</summary>
    public required int SyntheticTasks { get; init; }

    /// <summary>Those of the curve.</summary>
    public required int CurveTasks { get; init; }

    /// <summary>What of each field is read, by all rows alike.</summary>
    public int Characters { get; init; } = 100;

    public static TartSizes Of(ReproductionContext context) => context.At(
        new TartSizes
        {
            Reasoner = new TartPlan { Dimensions = 2, Pairs = 12, Layers = 2, Width = 32, Batch = 16, Steps = 60, FirstPairs = 12, VariesCleanness = false },
            Tasks = ["tiny"], Rows = [6, 10], TestRows = 20, SyntheticTasks = 20, CurveTasks = 20,
        },
        new TartSizes { Reasoner = new TartPlan { Pairs = 33, Steps = 2500, Rate = 2e-3, VariesCleanness = false }, Rows = [18, 32], TestRows = 100, SyntheticTasks = 2000, CurveTasks = 300 },
        new TartSizes
        {
            Reasoner = new TartPlan { Dimensions = 16, Layers = 6, Heads = 8, Width = 128, Steps = 12_000, Rate = 1e-3, VariesCleanness = false },
            Rows = [18, 32, 64], TestRows = 400, SyntheticTasks = 2000, CurveTasks = 1000,
        });
}
