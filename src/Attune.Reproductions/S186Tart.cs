using System.Globalization;
using Attune.Methods.Head;
using Attune.Reproductions.Tart;

namespace Attune.Reproductions;

/// <summary>TART: a reasoner trained on synthetic logistic regression alone, on frozen embeddings of two models.</summary>
public sealed class S186Tart : IReproduction
{
    /// <summary>Most that the reasoner may be behind logistic regression on synthetic tasks at the largest number of points.</summary>
    private const double SyntheticGap = 0.05;

    /// <summary>Most that it may be behind logistic regression on the same features of real texts, over all tasks.</summary>
    private const double FeatureGap = 0.03;

    private static readonly string[] Tasks = ["sst2", "subj", "mpqa", "rte", "agnews"];

    public ReproductionCard Card { get; } = new()
    {
        Id = "S186",
        Title = "TART: a task-agnostic reasoner over frozen embeddings",
        Paper = "Bhatia et al., TART: A plug-and-play Transformer module for task-agnostic reasoning, NeurIPS 2023 (arXiv 2306.07536)",
        DoneWhen = "A reasoner trained only on synthetic logistic regression, on frozen embeddings of two models, beats in-context learning with the same 18 or more rows on five binary text tasks and one of images or sound; logistic regression on the same features stands beside it.",
        Setting = "small: a reasoner of 3 layers of 64 (8 coordinates, 33 pairs, 2,500 steps), leave-one-out embeddings of SmolLM2-135M and stream embeddings of MiniLM, 18 and 32 rows, 100 test rows, texts cut to 100 characters. full: 66 pairs, 12,000 steps of a reasoner of 6 layers of 128 with 16 coordinates, 64 rows too; smoke: tiny models and random tokens.",
        Claims =
        [
            new("synthetic", "The reasoner learns to do logistic regression in its context.",
                FormattableString.Invariant($"its accuracy on fresh synthetic tasks with the most points is at most {SyntheticGap} below that of logistic regression with the true prior")),
            new("loo", "On leave-one-out embeddings of the language model itself the reasoner beats its in-context learning.", "mean accuracy over seeds with the most rows is above that of in-context learning on each of the five tasks"),
            new("stream", "On embeddings of a second model, text by text, the reasoner beats in-context learning.", "mean accuracy over seeds with the most rows is above that of the language model's in-context learning on each of the five tasks"),
            new("regression", "The reasoner is as good as logistic regression on the same features.",
                FormattableString.Invariant($"with the most rows its mean accuracy over tasks is at most {FeatureGap} below, for both models")),
            new("modality", "The same reasoner works on images or sound.", "mean accuracy above in-context learning on one task of images or sound"),
        ],
        Minutes = new(0.1, 7, 240),
        Needs = ["model smollm2-135m-instruct", "encoder minilm-l6-v2", .. Tasks.Select(t => "data " + t)],
    };

    public void Run(ReproductionContext context)
    {
        var plan = Plan(context);
        var sizes = context.At<int[]>([6, 10], [18, 32], [18, 32, 64]);
        context.NotTestable("modality", "no data of images or sound are at hand");
        using var reasoner = Train(context, plan);
        Synthetic(context, reasoner, sizes[^1]);
        Check(context, reasoner);
        using var world = TartWorld.Open(context);
        var table = new TartTable(sizes);
        var tasks = context.Scale == RunScale.Smoke ? ["tiny"] : Tasks;
        for (var t = 0; t < tasks.Length; t++)
            for (var seed = 0; seed < context.Seeds; seed++)
            {
                context.Progress(0.3 + 0.7 * (t * context.Seeds + seed) / (tasks.Length * context.Seeds), $"{tasks[t]}, seed {seed.ToString(CultureInfo.InvariantCulture)}");
                TartCell.Run(context, world, reasoner, tasks[t], seed, sizes, table);
            }
        Decide(context, table, tasks, sizes[^1]);
        context.Add(table.Show(tasks));
    }

    private static TartPlan Plan(ReproductionContext context) => context.At(
        new TartPlan { Dimensions = 2, Pairs = 12, Layers = 2, Width = 32, Batch = 16, Steps = 60, FirstPairs = 12, VariesCleanness = false },
        new TartPlan { Pairs = 33, Steps = 2500, Rate = 2e-3, VariesCleanness = false },
        new TartPlan { Dimensions = 16, Layers = 6, Heads = 8, Width = 128, Steps = 12_000, Rate = 1e-3, VariesCleanness = false });

    private static TartReasoner Train(ReproductionContext context, TartPlan plan)
    {
        context.Setting("reasoner", FormattableString.Invariant($"{plan.Layers} layers × {plan.Width}, {plan.Dimensions} coordinates, {plan.Pairs} pairs, α {plan.Cleanness}, {plan.Steps} steps of {plan.Batch} tasks, rate {plan.Rate}"));
        return TartTraining.Train(plan, context.Random(0, "reasoner"), (step, loss) =>
        {
            if (step % 50 == 0)
                context.Progress(0.3 * step / plan.Steps, FormattableString.Invariant($"reasoner, step {step} of {plan.Steps}, loss {loss:0.000}"));
        }, context.Cancel);
    }

    private static void Synthetic(ReproductionContext context, TartReasoner reasoner, int most)
    {
        int[] points = [.. new[] { 0, 1, 2, 4, 8, 12, 18, 24, 32, 48, 64 }.Where(p => p < most), most];
        var scores = SyntheticScores.Of(reasoner, points, context.At(20, 300, 1000), context.Random(0, "synthetic"));
        Curve Line(string name, Func<SyntheticScores, double> value) => new(name, [.. scores.Select(s => new CurvePoint(s.Points, value(s)))]);
        context.Add(new Figure("Accuracy on fresh synthetic tasks", "labelled points", "accuracy", [Line("reasoner", s => s.Reasoner), Line("logistic regression", s => s.Logistic)]));
        var last = scores[^1];
        context.Decide("synthetic", last.Logistic - last.Reasoner <= SyntheticGap,
            FormattableString.Invariant($"with {last.Points} points the reasoner is right in {last.Reasoner:0.000}, logistic regression in {last.Logistic:0.000} (one reasoner)"),
            new Measured("reasoner", [last.Reasoner]), new Measured("logistic regression", [last.Logistic]));
    }

    private static void Check(ReproductionContext context, TartReasoner reasoner)
    {
        context.Check("whitened rows: mean 0, covariance I", TartChecks.Whitening(context.Random(0, "whitening")), 1e-5);
        context.Check("the last label given to the reasoner changes no logit", TartChecks.LastLabel(reasoner, context.Random(0, "last label")), 0);
        var (own, others) = TartChecks.OwnLabel(context.Random(0, "own label"), context.Cancel);
        context.Check("a row's own label does not change its leave-one-out embedding", own, 0);
        context.Check("a row's label changes the others' embeddings", others > 0 ? 0 : 1, 0);
    }

    private static void Decide(ReproductionContext context, TartTable table, string[] tasks, int size)
    {
        foreach (var (claim, row) in new[] { ("loo", TartTable.Loo), ("stream", TartTable.Stream) })
        {
            var gains = tasks.Select(t => new Measured(t, [.. table.Values(t, size, row).Zip(table.Values(t, size, TartTable.InContext), (a, b) => a - b)])).ToArray();
            var beaten = gains.Count(g => g.Mean > 0);
            context.Decide(claim, beaten == tasks.Length, FormattableString.Invariant($"ahead of in-context learning on {beaten} of {tasks.Length} tasks with {size} rows, by {gains.Average(g => g.Mean):+0.000;-0.000} on average"), gains);
        }
        Measured Gap(string name, string row, string regression) => new(name, [.. Enumerable.Range(0, context.Seeds).Select(s => tasks.Average(t => table.Values(t, size, row)[s] - table.Values(t, size, regression)[s]))]);
        Measured[] gaps = [Gap("language model", TartTable.Loo, TartTable.LooRegression), Gap("encoder", TartTable.Stream, TartTable.StreamRegression)];
        context.Decide("regression", gaps.All(g => g.Mean >= -FeatureGap),
            string.Join(", ", gaps.Select(g => FormattableString.Invariant($"{g.Name} {g.Mean:+0.000;-0.000}"))) + " against logistic regression", gaps);
    }
}
