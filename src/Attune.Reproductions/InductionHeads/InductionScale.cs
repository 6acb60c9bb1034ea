namespace Attune.Reproductions.InductionHeads;

/// <summary>How large a run is.</summary>
public sealed record InductionScale
{
    /// <summary>What all trainings share.</summary>
    public required BurstSetting Base { get; init; }

    /// <summary>Of SGD.</summary>
    public required double Rate { get; init; }

    public required int ClassifierWidth { get; init; }

    /// <summary>Steps of a training on novel classes, and steps between two looks at it.</summary>
    public required int NovelSteps { get; init; }

    public required int NovelEvery { get; init; }

    /// <summary>Steps of a cell of the grid, and steps between two looks at it.</summary>
    public required int GridSteps { get; init; }

    public required int GridEvery { get; init; }

    /// <summary>Test sequences of each kind.</summary>
    public required int Tests { get; init; }

    /// <summary>K of the grid.</summary>
    public required IReadOnlyList<int> Classes { get; init; }

    /// <summary>B of the grid.</summary>
    public required IReadOnlyList<int> Burstiness { get; init; }

    /// <summary>Skews above 0, each at the classes and burstiness below.</summary>
    public required IReadOnlyList<double> Skews { get; init; }

    public required int SkewedClasses { get; init; }

    public required int SkewedBurstiness { get; init; }

    public static InductionScale Smoke => Small with
    {
        NovelSteps = 30, NovelEvery = 10, GridSteps = 20, GridEvery = 10, Tests = 128, Classes = [16, 64], Burstiness = [1, 2], Skews = [1], SkewedClasses = 64, SkewedBurstiness = 2,
    };

    /// <summary>A quarter of the paper's sizes, and ten times its rate.</summary>
    public static InductionScale Small => new()
    {
        Base = new BurstSetting { Items = 4, MostItems = 8, Labels = 16, Dimension = 31 },
        Rate = 0.1, ClassifierWidth = 64, NovelSteps = 4000, NovelEvery = 50, GridSteps = 4000, GridEvery = 100, Tests = 512,
        Classes = [32, 64, 128, 256, 512, 1024], Burstiness = [1, 2], Skews = [1], SkewedClasses = 256, SkewedBurstiness = 2,
    };

    /// <summary>The paper's sizes.</summary>
    public static InductionScale Full => new()
    {
        Base = new BurstSetting(),
        Rate = 0.01, ClassifierWidth = 128, NovelSteps = 100_000, NovelEvery = 500, GridSteps = 100_000, GridEvery = 1000, Tests = 2048,
        Classes = [64, 256, 1024], Burstiness = [1, 2, 4], Skews = [1, 1.5], SkewedClasses = 1024, SkewedBurstiness = 4,
    };

    /// <summary>The training of a cell.</summary>
    public InductionPlan Plan(InductionGrid.Cell cell)
    {
        // Where all classes are novel, those of the run serve only the tests of what was learned by heart.
        var task = cell.IsNovel ? Base with { NovelShare = 1, DistinctLabels = true }
            : Base with { Classes = cell.Classes, Burstiness = cell.Burstiness, Skew = cell.Skew };
        return new InductionPlan(task, cell.Scalar, cell.IsNovel ? NovelSteps : GridSteps, Rate, cell.IsNovel ? NovelEvery : GridEvery, Tests, ClassifierWidth: ClassifierWidth);
    }
}
