using Attune.Data;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Weights;

/// <summary>
/// Rows as training sequences for a causal model: prompt, then the right label's words; the loss is the mean cross-entropy of the label's
/// tokens over all rows of a step.
/// </summary>
public sealed class LabelTraining
{
    private readonly LanguageModel model;
    private readonly SiteSet sites;
    private readonly List<(int[] Tokens, int PromptLength)> rows = [];
    private readonly TokenBatch batch = new();
    private readonly List<int> positions = [];
    private readonly List<int> targets = [];
    private readonly List<float> weights = [];
    private int changed;

    public LabelTraining(FitContext context, LanguageModel model, SiteSet sites, IEnumerable<Example> examples)
    {
        (this.model, this.sites) = (model, sites);
        var builder = new PromptBuilder(model, context.Task.Template, context.Overflow);
        foreach (var example in examples)
        {
            var labels = context.Task.Kind == TaskKind.MultipleChoice ? example.Input.Choices! : context.Labels;
            var label = builder.Labels(labels)[labels.ToList().IndexOf(example.Label)];
            var prompt = builder.Build([], example.Input, model.PositionsBeside(label.Length, sites));
            if (prompt.Overflow.Length > 0)
                changed++;
            if (!prompt.Dropped)
                rows.Add(([.. prompt.Tokens, .. label], prompt.Tokens.Length));
        }
    }

    /// <summary>What the overflow policy did to the rows, for the adaptation's notes.</summary>
    public IReadOnlyList<string> Notes => changed == 0 ? [] : [FormattableString.Invariant($"{changed} labelled rows were dropped or cut, being longer than the model's context")];

    /// <summary>Tokens of an adapter's own prompt that are predicted too.</summary>
    public IReadOnlyList<Adapters.PromptTarget> PromptTargets { get; init; } = [];

    /// <summary>Rows that can be trained on.</summary>
    public int Count => rows.Count;

    /// <summary>Tokens of all rows.</summary>
    public long Tokens => rows.Sum(r => (long)r.Tokens.Length);

    /// <summary>The loss of some rows, [1, 1].</summary>
    public Tensor Loss(Graph graph, ReadOnlySpan<int> items)
    {
        batch.Clear();
        positions.Clear();
        targets.Clear();
        weights.Clear();
        foreach (var item in items)
        {
            var (tokens, prompt) = rows[item];
            // The last token is only predicted, never read.
            var first = SiteSet.Place(sites, batch, tokens.AsSpan(0, tokens.Length - 1), prompt: prompt);
            foreach (var own in PromptTargets)
                Add(first - sites.VirtualTokens + own.Position, own.Token, (float)own.Weight);
            for (var p = prompt - 1; p < tokens.Length - 1; p++)
                Add(first + p, tokens[p + 1], 1);
        }
        var picked = model.Transformer.ForwardRows(graph, batch, sites, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(positions));
        // Forward 2 operations a weight and token; backward as many again through frozen weights.
        var passes = graph.Recording ? 2 : 1;
        model.Count(new EngineCounters(1, batch.Count, batch.Count, passes * (batch.Count * model.FlopsPerToken + positions.Count * model.FlopsPerLogitRow)));
        if (PromptTargets.Count == 0)
            return model.Transformer.Loss(graph, picked, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(targets), batch, sites);
        float[] shares = [.. weights.Select(w => w / weights.Count)];
        return graph.CrossEntropy(model.Transformer.Logits(graph, picked, batch, sites), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(targets), shares);
    }

    private void Add(int position, int target, float weight)
    {
        positions.Add(position);
        targets.Add(target);
        weights.Add(weight);
    }

    /// <summary>Mean loss over all rows, in float64, without recording.</summary>
    public double MeanLoss(int batchSize, CancellationToken cancel)
    {
        using var graph = new Graph(recording: false);
        double sum = 0;
        var all = Enumerable.Range(0, rows.Count).ToArray();
        for (var start = 0; start < all.Length; start += batchSize)
        {
            cancel.ThrowIfCancellationRequested();
            graph.Reset();
            var items = all.AsSpan(start, Math.Min(batchSize, all.Length - start));
            sum += Loss(graph, items).Span[0] * items.Length;
        }
        return sum / rows.Count;
    }
}
