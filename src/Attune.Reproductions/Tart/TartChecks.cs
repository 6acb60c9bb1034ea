using Attune.Methods.Head;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>What must hold of the reasoner, its features and its embeddings whatever the scale.</summary>
internal static class TartChecks
{
    /// <summary>How far p may be on average from what it must be about.</summary>
    private const double LearnedBound = 0.1;

    /// <summary>Largest distance of the whitened training features from mean 0 and covariance I.</summary>
    public static double Whitening(SeededRandom random)
    {
        const int Rows = 40, Inputs = 24, Dimensions = 8;
        var embeddings = Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, Inputs).Select(i => (float)(3 + random.NextNormal() / (1 + i))).ToArray()).ToArray();
        var features = WhitenedFeatures.Fit(embeddings, Dimensions).Of(embeddings);
        var worst = 0.0;
        for (var a = 0; a < Dimensions; a++)
        {
            worst = Math.Max(worst, Math.Abs(Enumerable.Range(0, Rows).Average(r => features[r * Dimensions + a])));
            for (var b = 0; b < Dimensions; b++)
                worst = Math.Max(worst, Math.Abs(Enumerable.Range(0, Rows).Sum(r => (double)features[r * Dimensions + a] * features[r * Dimensions + b]) / (Rows - 1) - (a == b ? 1 : 0)));
        }
        return worst;
    }

    /// <summary>How far logits move when the last label given to the reasoner is changed: bits of 0.</summary>
    public static double LastLabel(TartReasoner reasoner, SeededRandom random)
    {
        var tasks = LogisticTasks.Draw(random, 4, reasoner.Plan.Pairs, reasoner.Plan.Dimensions, reasoner.Plan.Dimensions, 1);
        using var graph = new Graph(recording: false);
        var before = reasoner.Logits(graph, tasks.X, tasks.Y, 4, tasks.Pairs).Span.ToArray();
        for (var t = 0; t < 4; t++)
            tasks.Y[t * tasks.Pairs + tasks.Pairs - 1] = 1 - tasks.Y[t * tasks.Pairs + tasks.Pairs - 1];
        graph.Reset();
        var after = reasoner.Logits(graph, tasks.X, tasks.Y, 4, tasks.Pairs).Span;
        var moved = 0.0;
        for (var i = 0; i < before.Length; i++)
            moved = Math.Max(moved, Math.Abs(before[i] - after[i]));
        return moved;
    }

    /// <summary>
    /// What a reasoner must have learned (tasks with α of its plan): nothing is known of the first point, so p is ½ there; with all labels turned p becomes 1 − p; and it errs less in the
    /// last quarter of the points than in the first. The first two are learned and not exact, hence means of absolute differences of p and a wide bound.
    /// </summary>
    public static void Learned(ReproductionContext context, string name, TartReasoner reasoner)
    {
        var (plan, tasks) = (reasoner.Plan, 400);
        var drawn = LogisticTasks.Draw(context.Random(0, "learned, " + name), tasks, plan.Pairs, plan.Dimensions, plan.Dimensions, plan.Cleanness);
        var p = Probabilities(reasoner, drawn);
        var turned = Probabilities(reasoner, drawn with { Y = Array.ConvertAll(drawn.Y, y => 1 - y) });
        double Error(int from, int to) => Enumerable.Range(0, p.Length).Where(i => i % plan.Pairs >= from && i % plan.Pairs < to).Average(i => p[i] >= 0.5 == (drawn.Y[i] == 1) ? 0.0 : 1);
        var quarter = plan.Pairs / 4;
        context.Check($"{name}: p is about ½ at the first point", Enumerable.Range(0, tasks).Average(t => Math.Abs(p[t * plan.Pairs] - 0.5)), LearnedBound);
        context.Check($"{name}: with all labels turned p is about 1 − p", p.Zip(turned, (a, b) => Math.Abs(a + b - 1)).Average(), LearnedBound);
        context.Check($"{name}: errors at the last quarter of points less those at the first", Error(plan.Pairs - quarter, plan.Pairs) - Error(0, quarter), 0);
    }

    private static double[] Probabilities(TartReasoner reasoner, LogisticTasks tasks) => [.. SyntheticScores.Logits(reasoner, tasks).Select(l => 1 / (1 + Math.Exp(-l)))];

    /// <summary>
    /// Leave-one-out embeddings when the label of one row changes: how far its own moves, which must not, and how far the others' do at least.
    /// </summary>
    public static (double Own, double Others) OwnLabel(SeededRandom random, CancellationToken cancel)
    {
        var task = TinyTask.Create(random.Fork("task"), 20);
        using var model = TinyTask.Model(random.Fork("model"));
        using var embedder = new LooEmbedder(model);
        var rows = task.Train([6], random.Fork("rows"));
        const int Changed = 2;
        PromptRow[] flipped = [.. rows.Select((r, i) => i == Changed ? r with { Label = 1 - r.Label } : r)];
        var (a, b) = (embedder.Embed(task, rows, [6], [], cancel)[0].Train, embedder.Embed(task, flipped, [6], [], cancel)[0].Train);
        var distances = a.Zip(b, (x, y) => x.Zip(y, (u, v) => (double)Math.Abs(u - v)).Max()).ToArray();
        return (distances[Changed], distances.Where((_, i) => i != Changed).Min());
    }
}
