using System.Globalization;
using Attune.Methods.Head;
using Attune.Reproductions.Tart;

namespace Attune.Reproductions;

/// <summary>TART: reasoners trained on synthetic logistic regression alone, on frozen embeddings of two models.</summary>
public sealed class S186Tart : IReproduction
{
    /// <summary>Most that the reasoner may be behind logistic regression on synthetic tasks at the largest number of points.</summary>
    private const double SyntheticGap = 0.05;

    /// <summary>Most that it may be behind logistic regression on the same features of real texts, over all tasks.</summary>
    private const double FeatureGap = 0.03;

    private const string Apart = "95% interval over seeds of the paired difference";

    private static readonly string[] Tasks = ["sst2", "subj", "mpqa", "rte", "agnews"];

    public ReproductionCard Card { get; } = new()
    {
        Id = "S186",
        Title = "TART: a task-agnostic reasoner over frozen embeddings",
        Paper = "Bhatia et al., TART: A plug-and-play Transformer module for task-agnostic reasoning, NeurIPS 2023 (arXiv 2306.07536)",
        DoneWhen = "A reasoner trained only on synthetic logistic regression, on frozen embeddings of two models, beats in-context learning with the same 18 or more rows on five binary text tasks and one of images or sound; logistic regression on the same features stands beside it.",
        Setting = "small: a reasoner a seed, of 3 layers of 64 (8 coordinates, 33 pairs, 2,500 steps), leave-one-out embeddings of SmolLM2-135M and stream embeddings of MiniLM, 18 and 32 rows, 100 test rows a seed, texts cut to 100 characters. full: 66 pairs, 12,000 steps of reasoners of 6 layers of 128 with 16 coordinates, 64 rows too; smoke: tiny models and random tokens. " +
            "A reasoner whose training loss ends near that of guessing is trained again from another start, at most twice; no test row has a say in it. The reasoner that comes with Attune stands in rows of its own and decides no claim. " +
            "Unlike the paper: smaller reasoners, trained for fewer steps; whitening uses at most half as many coordinates as there are rows (with 18 rows 9 of 16) and adds 1e-8 of the largest variance to each; the span of an embedding ends before the label's words for labelled and test rows alike; rows are shuffled in both modes; the language model's weights are quantised (Q4_1); logistic regression has an L2 penalty.",
        Claims =
        [
            new("synthetic", "The reasoner learns to do logistic regression in its context.",
                Text($"its accuracy on fresh synthetic tasks with the most points less that of logistic regression with the true prior: {Apart}, a reasoner a seed, above −{SyntheticGap}")),
            new("loo", "On leave-one-out embeddings of the language model itself the reasoner beats its in-context learning.", $"accuracy with the most rows less that of in-context learning: {Apart} above 0 on each of the five tasks"),
            new("stream", "On embeddings of a second model, text by text, the reasoner beats the language model's in-context learning; the second model may be the better one, and logistic regression on its embeddings says what is the reasoner's.",
                $"accuracy with the most rows less that of the language model's in-context learning: {Apart} above 0 on each of the five tasks"),
            new("regression", "The reasoner is as good as logistic regression on the same features.",
                Text($"with the most rows its mean accuracy over tasks less that of logistic regression: {Apart} above −{FeatureGap}, for both models")),
            new("modality", "The same reasoner works on images or sound.", "accuracy above in-context learning on one task of images or sound"),
        ],
        Minutes = new(0.1, 12, 600),
        Needs = ["model smollm2-135m-instruct", "encoder minilm-l6-v2", .. Tasks.Select(t => "data " + t)],
    };

    public void Run(ReproductionContext context)
    {
        context.NotTestable("modality", "no data of images or sound are at hand");
        var sizes = TartSizes.Of(context);
        context.Settings("run", sizes);
        context.Settings("reasoner", sizes.Reasoner);
        // What is missing is known before minutes of training; what synthetic tasks say needs nothing.
        using var world = TartWorld.Open(context, sizes, out var missing);
        using var shipped = ShippedReasoner.Load();
        using var reasoners = TartReasoners.Train(context, sizes.Reasoner);
        Check(context, shipped, reasoners);
        Synthetic(context, sizes, shipped, reasoners);
        if (world is null)
            throw missing!;
        var table = new TartTable(sizes.Rows);
        for (var t = 0; t < sizes.Tasks.Count; t++)
            for (var seed = 0; seed < context.Seeds; seed++)
            {
                context.Progress(0.5 + 0.5 * (t * context.Seeds + seed) / (sizes.Tasks.Count * context.Seeds), $"{sizes.Tasks[t]}, seed {seed.ToString(CultureInfo.InvariantCulture)}");
                TartCell.Run(context, world, reasoners.Of[seed], shipped, sizes, sizes.Tasks[t], seed, table);
            }
        Decide(context, table, sizes);
        context.Add(table.Show(sizes.Tasks));
    }

    private static void Synthetic(ReproductionContext context, TartSizes sizes, TartReasoner shipped, TartReasoners reasoners)
    {
        var most = sizes.Rows[^1];
        int[] points = [.. new[] { 0, 1, 2, 4, 8, 12, 18, 24, 32, 48, 64 }.Where(p => p < most), most];
        IReadOnlyList<SyntheticScores>[] Scores(string purpose, Func<int, TartReasoner> reasoner, int[] at, int tasks) =>
            [.. Enumerable.Range(0, context.Seeds).Select(seed => SyntheticScores.Of(reasoner(seed), at, tasks, context.Random(seed, purpose)))];
        Curve Line(string name, IReadOnlyList<SyntheticScores>[] scores, Func<SyntheticScores, double> value) =>
            new(name, [.. points.Select((p, i) => CurvePoint.Of(p, new Measured(name, [.. scores.Select(s => value(s[i]))])))]);
        var (own, ofShipped) = (Scores("synthetic curve", s => reasoners.Of[s], points, sizes.CurveTasks), Scores("synthetic curve, shipped", _ => shipped, points, sizes.CurveTasks));
        context.Add(new Figure("Accuracy on fresh synthetic tasks", "labelled points", "accuracy",
            [Line("reasoner", own, s => s.Reasoner), Line("logistic regression", own, s => s.Logistic), Line("shipped reasoner", ofShipped, s => s.Reasoner)]));
        Measured At(string name, IReadOnlyList<SyntheticScores>[] scores, Func<SyntheticScores, double> value) => new(name, [.. scores.Select(s => value(s[0]))]);
        var last = Scores("synthetic", s => reasoners.Of[s], [most], sizes.SyntheticTasks);
        var lastOfShipped = Scores("synthetic, shipped", _ => shipped, [most], sizes.SyntheticTasks);
        var (reasoner, logistic) = (At("reasoner", last, s => s.Reasoner), At("logistic regression", last, s => s.Logistic));
        var gap = Measured.Difference("reasoner − logistic regression", reasoner, logistic);
        var gapOfShipped = At("shipped reasoner − logistic regression", lastOfShipped, s => s.Reasoner - s.Logistic);
        context.Decide("synthetic", gap.IsAbove(-SyntheticGap),
            Text($"with {most} points the reasoners are right in {reasoner.Mean:0.000}, logistic regression in {logistic.Mean:0.000}; the shipped reasoner is {gapOfShipped.Mean:+0.000;-0.000} from it; starts by seed: {string.Join(", ", reasoners.Starts)}"),
            gap, reasoner, logistic, gapOfShipped);
    }

    private static void Check(ReproductionContext context, TartReasoner shipped, TartReasoners reasoners)
    {
        context.Check("whitened rows: mean 0, covariance I", TartChecks.Whitening(context.Random(0, "whitening")), 1e-5);
        context.Check("the last label given to the reasoner changes no logit", TartChecks.LastLabel(reasoners.Of[0], context.Random(0, "last label")), 0);
        var (own, others) = TartChecks.OwnLabel(context.Random(0, "own label"), context.Cancel);
        context.Check("a row's own label does not change its leave-one-out embedding", own, 0);
        context.Check("a row's label changes the others' embeddings", others > 0 ? 0 : 1, 0);
        TartChecks.Learned(context, "the shipped reasoner", shipped);
        // At smoke scale none is trained long enough to have learned.
        if (context.Scale != RunScale.Smoke)
            for (var seed = 0; seed < reasoners.Of.Count; seed++)
                TartChecks.Learned(context, Text($"the reasoner of seed {seed}"), reasoners.Of[seed]);
    }

    private static void Decide(ReproductionContext context, TartTable table, TartSizes sizes)
    {
        var (tasks, size) = (sizes.Tasks, sizes.Rows[^1]);
        Measured Of(string task, string row) => new(row, table.Values(task, size, row));
        foreach (var (claim, row) in new[] { ("loo", TartTable.Loo), ("stream", TartTable.Stream) })
        {
            var gains = tasks.Select(t => Measured.Difference(t, Of(t, row), Of(t, TartTable.InContext))).ToArray();
            var beaten = gains.Count(g => g.IsAbove());
            context.Decide(claim, beaten == tasks.Count, Text($"clearly ahead of in-context learning on {beaten} of {tasks.Count} tasks with {size} rows, by {gains.Average(g => g.Mean):+0.000;-0.000} on average"), gains);
        }
        Measured Gap(string name, string row, string regression) => new(name, [.. Enumerable.Range(0, context.Seeds).Select(s => tasks.Average(t => table.Values(t, size, row)[s] - table.Values(t, size, regression)[s]))]);
        Measured[] gaps = [Gap("language model", TartTable.Loo, TartTable.LooRegression), Gap("encoder", TartTable.Stream, TartTable.StreamRegression)];
        context.Decide("regression", gaps.All(g => g.IsAbove(-FeatureGap)), string.Join(", ", gaps.Select(g => Text($"{g.Name} {g.Mean:+0.000;-0.000}"))) + " against logistic regression", gaps);
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
