namespace Attune.Reproductions.Tagging;

/// <summary>Which nets a run of S194 trains: one for each step until which embeddings are forgotten, and seed.</summary>
internal sealed record ForgettingSweep
{
    public required TaggingSizes Sizes { get; init; }

    /// <summary>N: 0 (never), shares of the steps, all steps (active forgetting).</summary>
    public int[] Untils => [0, Sizes.Steps / 10, Named, Sizes.Steps / 2, Sizes.Steps];

    /// <summary>The N that claims about both routes were made for beforehand: a quarter of the steps. The others are a curve.</summary>
    public int Named => Sizes.Steps / 4;

    public static ForgettingSweep Of(ReproductionContext context) => new()
    {
        Sizes = context.At(
            new TaggingSizes { WordsPerClass = 20, Layers = 1, Width = 16, Heads = 1, Batch = 8, Steps = 30, ForgetEvery = 3, EvaluationRows = 50, Evaluations = 3 },
            new TaggingSizes { WordsPerClass = 60, Layers = 2, Width = 64, Heads = 2, Batch = 64, Steps = 3000, ForgetEvery = 20, EvaluationRows = 500, Evaluations = 20 },
            new TaggingSizes { WordsPerClass = 1000, Layers = 6, Width = 64, Heads = 1, Batch = 128, Steps = 60_000, ForgetEvery = 100, EvaluationRows = 2000, Evaluations = 60 }),
    };

    /// <summary>Trains all; N → nets by seed.</summary>
    public IReadOnlyDictionary<int, TaggingCourse[]> Run(ReproductionContext context)
    {
        context.Settings("sweep", this);
        var courses = Untils.ToDictionary(n => n, _ => new TaggingCourse[context.Seeds]);
        var runs = Untils.SelectMany(n => Enumerable.Range(0, context.Seeds).Select(seed => (Until: n, Seed: seed))).ToArray();
        var progress = new SweepProgress(context, runs.Length, "nets");
        Sweep.Each(runs.Length, i =>
        {
            using var training = Training(context, runs[i].Until, runs[i].Seed);
            courses[runs[i].Until][runs[i].Seed] = training.Run(context.Cancel);
            progress.Ended();
        });
        return courses;
    }

    public TaggingTraining Training(ReproductionContext context, int until, int seed) => new(Sizes, until, context.Random(seed, "tagging"));
}
