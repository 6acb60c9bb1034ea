using Attune.Methods.Adapters;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Tests.Methods.Adapters;

/// <summary>Scores and loss of a golden's rows on a graph, by the kind of its base model.</summary>
public sealed class AdapterPass
{
    private readonly AdapterGolden golden;
    private readonly Graph graph;
    private readonly SiteSet sites;
    private readonly PeftAdapter? adapter;
    private readonly TokenBatch batch = new();

    /// <summary>Row of the result and place (row, column) in the golden's logits [B, T, V].</summary>
    private readonly List<(int At, int Row, int Column)> places = [];

    public AdapterPass(AdapterGolden golden, Graph graph, SiteSet sites, PeftAdapter? adapter, PeftAdapter? head)
    {
        (this.golden, this.graph, this.sites, this.adapter) = (golden, graph, sites, adapter);
        (Logits, Loss) = golden.Model switch
        {
            EncoderDecoderModel both => Translate(both),
            CausalLanguageModel decoder => Decode(decoder),
            EncoderModel encoder when head is not null => Classify(encoder, head),
            _ => throw Skipped(golden.Model.Architecture),
        };
    }

    /// <summary>Rows of scores, of which <see cref="Check"/> knows the places.</summary>
    public Tensor Logits { get; }

    /// <summary>The loss with the adapter's penalty, [1, 1].</summary>
    public Tensor Loss { get; }

    /// <summary>The largest difference from a tensor of logits.</summary>
    public double Difference(string tensor)
    {
        var shape = golden.Tensors.Shape(tensor);
        var expected = golden.Tensors.Floats(tensor);
        var (columns, width) = (shape.Length == 3 ? shape[1] : 1, shape[^1]);
        // Soft prompts have rows of their own before the text's.
        var offset = shape.Length == 3 ? columns - golden.Tensors.Shape("valid")[1] : 0;
        var worst = 0.0;
        foreach (var (at, row, column) in places)
            for (var v = 0; v < width; v++)
                worst = Math.Max(worst, Math.Abs((double)Logits[at][v] - expected[(row * columns + column + offset) * width + v]));
        return worst;
    }

    private (Tensor Logits, Tensor Loss) Decode(CausalLanguageModel model)
    {
        var ids = golden.Tensors.Ints("input_ids");
        var mask = golden.Tensors.Ints("attention_mask");
        var tasks = golden.Tensors.Has("task_ids") ? golden.Tensors.Ints("task_ids") : null;
        int rows = golden.Tensors.Shape("input_ids")[0], length = golden.Tensors.Shape("input_ids")[1];
        var labels = golden.Tensors.Ints("labels");
        var first = new int[rows];
        for (var r = 0; r < rows; r++)
        {
            int[] own = [.. Enumerable.Range(0, length).Where(c => mask[r * length + c] == 1)];
            first[r] = SiteSet.Place(sites, batch, [.. own.Select(c => ids[r * length + c])], task: tasks?[r] ?? 0);
            foreach (var (c, i) in own.Select((c, i) => (c, i)))
                places.Add((first[r] + i, r, c));
        }
        places.RemoveAll(p => golden.Tensors.Ints("valid")[p.Row * length + p.Column] == 0);
        var targets = Enumerable.Repeat(CrossEntropyOperation.Ignore, batch.Count).ToArray();
        foreach (var (at, r, c) in places)
            if (c + 1 < length && mask[r * length + c + 1] == 1)
                targets[at] = labels[r * length + c + 1];
        adapter?.BeforeStep();
        var hidden = model.Forward(graph, batch, sites);
        var kept = graph.Recording ? hidden : Kept(hidden);
        var loss = adapter is { PromptTargets.Count: > 0 } ? Weighted(model, kept, targets, first) : model.Loss(graph, kept, targets, batch, sites);
        if (adapter?.Penalty(graph) is { IsEmpty: false } penalty)
            loss = graph.Add(loss, penalty);
        return (model.Logits(graph, kept, batch, sites), loss);
    }

    /// <summary>The mean over the labels and the adapter's own targets, each with its weight.</summary>
    private Tensor Weighted(CausalLanguageModel model, Tensor hidden, int[] targets, int[] first)
    {
        float[] weights = [.. targets.Select(t => t >= 0 ? 1f : 0)];
        foreach (var row in first)
            foreach (var own in adapter!.PromptTargets)
                (targets[row - sites.VirtualTokens + own.Position], weights[row - sites.VirtualTokens + own.Position]) = (own.Token, (float)own.Weight);
        var counted = targets.Count(t => t >= 0);
        return graph.CrossEntropy(model.Logits(graph, hidden, batch, sites), targets, Array.ConvertAll(weights, w => w / counted));
    }

    /// <summary>The labels of an encoder-decoder are not shifted: they belong to the rows of the decoder.</summary>
    private (Tensor Logits, Tensor Loss) Translate(EncoderDecoderModel model)
    {
        var (ids, mask, starts, labels) = (golden.Tensors.Ints("input_ids"), golden.Tensors.Ints("attention_mask"), golden.Tensors.Ints("decoder_input_ids"), golden.Tensors.Ints("labels"));
        int rows = golden.Tensors.Shape("input_ids")[0], length = golden.Tensors.Shape("input_ids")[1], width = golden.Tensors.Shape("decoder_input_ids")[1];
        var source = new TokenBatch();
        for (var r = 0; r < rows; r++)
        {
            int[] own = [.. Enumerable.Range(0, length).Where(c => mask[r * length + c] == 1).Select(c => ids[r * length + c])];
            var soft = sites.SoftPrompt?.Length ?? 0;
            source.Add([.. Enumerable.Range(0, soft).Select(i => -1 - i), .. own]);
            batch.Add(starts.AsSpan(r * width, width), sites.Prefix?.Length ?? 0);
            for (var c = 0; c < width; c++)
                if (golden.Tensors.Ints("valid")[r * width + c] == 1)
                    places.Add((r * width + c, r, c));
        }
        adapter?.BeforeStep();
        batch.Source = model.Encode(graph, source, sites);
        var hidden = model.Decode(graph, batch, sites);
        var kept = graph.Recording ? hidden : Kept(hidden);
        var loss = model.Loss(graph, kept, labels, batch, sites);
        if (adapter?.Penalty(graph) is { IsEmpty: false } penalty)
            loss = graph.Add(loss, penalty);
        return (model.Logits(graph, kept, batch, sites), loss);
    }

    /// <summary>One label a row.</summary>
    private (Tensor Logits, Tensor Loss) Classify(EncoderModel model, PeftAdapter head)
    {
        var (ids, mask) = (golden.Tensors.Ints("input_ids"), golden.Tensors.Ints("attention_mask"));
        int rows = golden.Tensors.Shape("input_ids")[0], length = golden.Tensors.Shape("input_ids")[1];
        for (var r = 0; r < rows; r++)
        {
            SiteSet.Place(sites, batch, [.. Enumerable.Range(r * length, length).Where(i => mask[i] == 1).Select(i => ids[i])]);
            if (golden.Tensors.Ints("valid")[r] == 1)
                places.Add((r, r, 0));
        }
        adapter?.BeforeStep();
        var scores = head.Classify(graph, model.Forward(graph, batch, sites), batch, sites);
        var loss = graph.CrossEntropy(scores, golden.Tensors.Ints("labels"));
        if (adapter?.Penalty(graph) is { IsEmpty: false } penalty)
            loss = graph.Add(loss, penalty);
        return (scores, loss);
    }

    private Tensor Kept(Tensor hidden)
    {
        var kept = graph.Persistent.Matrix(hidden.Rows, hidden.Columns);
        hidden.Span.CopyTo(kept.Span);
        return kept;
    }

    private Exception Skipped(string what)
    {
        Skip.If(true, $"{golden.Name}: {what} is not known yet");
        return new InvalidOperationException();
    }
}
