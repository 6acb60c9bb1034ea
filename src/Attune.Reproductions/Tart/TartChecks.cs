using Attune.Methods.Head;
using Attune.Reproductions.Texts;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>What must hold of the reasoner, its features and its embeddings whatever the scale.</summary>
internal static class TartChecks
{
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
