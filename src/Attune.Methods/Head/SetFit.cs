using Attune.Data;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Methods.Head;

/// <summary>Options of <see cref="SetFit"/>.</summary>
public sealed record SetFitOptions : MethodOptions
{
    [Option("pairs of each kind drawn for each row (R in the paper)")]
    public int Iterations { get; init; } = 20;

    [Option("pairs in a step")]
    public int BatchSize { get; init; } = 16;

    [Option("peak learning rate of the encoder; rises over a tenth of the steps, then falls to 0")]
    public double LearningRate { get; init; } = 2e-5;

    [Option("most steps; the paper has no limit, large budgets would take long without a GPU")]
    public int MaxSteps { get; init; } = 100;

    [Option("inverse strength of the head's L2 penalty")]
    public double C { get; init; } = 1;
}

/// <summary>
/// SetFit (Tunstall et al. 2022): the encoder is tuned on pairs of labelled rows, R of the same label and R of different ones for each row,
/// by (cos(u, v) − y)² with y = 1 or 0; then logistic regression on its embeddings. Blocks and norms are tuned; token embeddings stay.
/// The tuned weights are rounded to float16, in which they are saved, before the head is fitted.
/// </summary>
public sealed class SetFit : Method<SetFitOptions>
{
    public override MethodCard Card { get; } = new()
    {
        Name = "setfit",
        Summary = "Tunes the sentence encoder on pairs of labelled rows, then fits a linear head.",
        Paper = "Tunstall et al., Efficient Few-Shot Learning Without Prompts, 2022 (arXiv 2209.11055)",
        Site = SiteKind.Head,
        View = ModelView.Encoder,
        Tasks = [TaskKind.Classification],
        LeastRows = 2,
        Set = MethodSet.Standard,
        Cost = "up to 100 steps over 32 texts to fit; an embedding per query; a copy of the encoder's blocks",
    };

    protected override Adaptation Fit(FitContext context, SetFitOptions options)
    {
        if (options.Iterations < 1 || options.BatchSize < 1 || options.MaxSteps < 1)
            throw new AttuneException("setfit: iterations, batch-size and max-steps must be at least 1");
        var encoder = context.RequireEncoder(Card.Name);
        var tokens = context.Examples.Select(e => encoder.Tokens(e.Input.Text)).ToArray();
        var pairs = Pairs(context.Examples, options.Iterations, options.MaxSteps * options.BatchSize, context.Random("pairs"));
        var weights = EncoderWeights.CopyOf(encoder.Transformer);
        var sites = weights.Attach(encoder.Transformer);
        var note = "every row has the same label: the encoder was not tuned";
        if (pairs.Count > 0)
            note = Tune(context, options, encoder, tokens, pairs, weights, sites);
        weights.RoundToHalf();
        var vectors = encoder.Embed([.. context.Examples.Select(e => e.Input.Text)], sites, context.Cancellation);
        var classifier = LinearProbe.Classify(context, vectors, options.C, balanced: false);
        return context.Of(this, options, new EncoderHead(classifier, weights)) with { Notes = [note] };
    }

    /// <summary>For each row R times a row of its label (not itself, where there is another) and one of a different label.</summary>
    internal static IReadOnlyList<(int A, int B, float Same)> Pairs(IReadOnlyList<Example> rows, int iterations, int most, SeededRandom random)
    {
        var all = Enumerable.Range(0, rows.Count).ToArray();
        var byLabel = all.GroupBy(i => rows[i].Label).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        var pairs = new List<(int, int, float)>();
        if (byLabel.Count < 2)
            return pairs;
        // In random order, since a limit of steps may not reach the last rows.
        random.Shuffle<int>(all);
        for (var r = 0; r < iterations; r++)
            foreach (var i in all)
            {
                if (pairs.Count >= most)
                    return pairs;
                var same = byLabel[rows[i].Label];
                if (same.Length > 1)
                    pairs.Add((i, Other(same, i, random), 1));
                int other;
                do
                    other = random.Next(rows.Count);
                while (rows[other].Label == rows[i].Label);
                pairs.Add((i, other, 0));
            }
        return pairs;
    }

    private static int Other(int[] rows, int row, SeededRandom random)
    {
        int other;
        do
            other = rows[random.Next(rows.Length)];
        while (other == row);
        return other;
    }

    private static string Tune(FitContext context, SetFitOptions options, SentenceEncoder encoder, int[][] tokens, IReadOnlyList<(int A, int B, float Same)> pairs, EncoderWeights weights, SiteSet sites)
    {
        var batch = new TokenBatch();
        var trainer = new Trainer(weights.All, new TrainerOptions { LearningRate = options.LearningRate, BatchSize = options.BatchSize, Epochs = 1, MaxSteps = options.MaxSteps, WeightDecay = 0.01 });
        var last = default(TrainingStep);
        trainer.Run(
            pairs.Count,
            (graph, items) => Loss(graph, items, encoder, tokens, pairs, batch, sites),
            context.Random("batches"),
            step =>
            {
                last = step;
                context.Progress?.Invoke((double)step.Step / step.Steps, FormattableString.Invariant($"step {step.Step}/{step.Steps}, loss {step.Loss:0.000}"));
            },
            null, context.Cancellation);
        return FormattableString.Invariant($"tuned on {Math.Min(pairs.Count, last.Step * options.BatchSize)} of {pairs.Count} pairs in {last.Step} steps, last loss {last.Loss:0.000}") + (trainer.Recomputed ? "; blocks were computed twice to stay within the memory limit" : "");
    }

    private static Tensor Loss(Graph graph, ReadOnlySpan<int> items, SentenceEncoder encoder, int[][] tokens, IReadOnlyList<(int A, int B, float Same)> pairs, TokenBatch batch, SiteSet sites)
    {
        batch.Clear();
        var target = graph.Persistent.Matrix(items.Length, 1);
        for (var i = 0; i < items.Length; i++)
        {
            batch.Add(tokens[pairs[items[i]].A]);
            target[i][0] = pairs[items[i]].Same;
        }
        foreach (var item in items)
            batch.Add(tokens[pairs[item].B]);
        // Forward 2 operations a weight and token; backward 4, for inputs and weights.
        encoder.Count(new EngineCounters(1, batch.Count, batch.Count, 3 * batch.Count * encoder.FlopsPerToken));
        var vectors = encoder.Embed(graph, batch, sites);
        Span<int> rows = stackalloc int[2 * items.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = i;
        var u = graph.GatherRows(vectors, rows[..items.Length]);
        var v = graph.GatherRows(vectors, rows[items.Length..]);
        return graph.MeanSquaredError(graph.CosineSimilarity(u, v), target);
    }
}
