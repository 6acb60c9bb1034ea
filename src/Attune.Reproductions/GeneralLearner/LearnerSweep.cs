namespace Attune.Reproductions.GeneralLearner;

/// <summary>Which learners a run of S188 trains.</summary>
internal sealed record LearnerSweep
{
    public required LearnerSizes Sizes { get; init; }

    /// <summary>K, ascending.</summary>
    public required long[] Tasks { get; init; }

    /// <summary>Widths of the transformers, ascending.</summary>
    public required int[] Widths { get; init; }

    /// <summary>Windows of the transformers that do not see everything, ascending.</summary>
    public required int[] Windows { get; init; }

    /// <summary>Units of the LSTMs, ascending.</summary>
    public required int[] Units { get; init; }

    public double Chance => 1.0 / Sizes.Classes;

    /// <summary>All numbers of tasks by all widths.</summary>
    public IEnumerable<LearnerPlan> Map => Tasks.SelectMany(k => Widths.Select(w => Cell(k, w)));

    public LearnerPlan[] Windowed => [.. Windows.Select(w => new LearnerPlan(Tasks[^1], Widths[^1], w))];

    public LearnerPlan[] Lstms => [.. Units.Select(u => new LearnerPlan(Tasks[^1], u, 0))];

    public LearnerPlan Cell(long tasks, int width) => new(tasks, width, Sizes.Length);

    public static LearnerSweep Of(ReproductionContext context) => context.At(
        new LearnerSweep
        {
            Sizes = new() { Inputs = 4, Classes = 3, Length = 8, Layers = 1, Batch = 8, Steps = 12, TestSequences = 64 },
            Tasks = [1, 64], Widths = [8, 16], Windows = [3], Units = [8],
        },
        new LearnerSweep
        {
            Sizes = new() { Inputs = 8, Classes = 4, Length = 20, Layers = 2, Batch = 32, Steps = 1500, TestSequences = 512, Rate = 2e-3, Noise = 0.4 },
            Tasks = [1, 1 << 4, 1 << 8, 1 << 12, 1 << 16], Widths = [8, 32, 64], Windows = [3, 6, 12], Units = [16, 64, 160],
        },
        new LearnerSweep
        {
            Sizes = new() { Inputs = 16, Classes = 5, Length = 40, Layers = 4, Batch = 64, Steps = 20_000, TestSequences = 1024, Noise = 0.5 },
            Tasks = [1, 1 << 4, 1 << 6, 1 << 8, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 20], Widths = [8, 16, 32, 64, 128], Windows = [3, 6, 12, 24], Units = [16, 64, 256, 512],
        });

    /// <summary>Trains and tests all, each with every seed: plan → outcomes by seed.</summary>
    public IReadOnlyDictionary<LearnerPlan, LearnerOutcome[]> Run(ReproductionContext context)
    {
        context.Settings("sweep", this);
        // The long ones first, so that none is left alone at the end.
        LearnerPlan[] plans = [.. Lstms.Reverse(), .. Windowed, .. Map.OrderByDescending(p => p.Width)];
        var outcomes = plans.ToDictionary(p => p, _ => new LearnerOutcome[context.Seeds]);
        var runs = plans.SelectMany(p => Enumerable.Range(0, context.Seeds).Select(seed => (Plan: p, Seed: seed))).ToArray();
        var progress = new SweepProgress(context, runs.Length, "learners");
        Sweep.Each(runs.Length, i =>
        {
            outcomes[runs[i].Plan][runs[i].Seed] = Train(context, runs[i].Plan, runs[i].Seed);
            progress.Ended();
        });
        return outcomes;
    }

    /// <summary>What a seed's tasks and tests are, for K tasks.</summary>
    public MetaTraining Training(ReproductionContext context, long tasks, int seed) => new(Sizes, tasks, context.Random(seed, "tasks"));

    private LearnerOutcome Train(ReproductionContext context, LearnerPlan plan, int seed)
    {
        using var learner = plan.Create(Sizes, context.Random(seed, "weights"));
        return Training(context, plan.Tasks, seed).Run(learner, context.Cancel);
    }
}
