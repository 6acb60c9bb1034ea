using Attune.Models;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training.Pretraining;

/// <summary>Measures a model in training on held-out documents: loss by position, and accuracy on labels by the labelled rows before them.</summary>
internal sealed class HeldOutEvaluation(TrainableModel trained, int context, int rowsAtOnce)
{
    private static readonly CrossEntropyOptions EachRow = new() { Reduction = Reduction.None };

    private readonly CausalLanguageModel model = (CausalLanguageModel)trained.Model;
    private readonly bool readsPrompt = trained.Model is EncoderDecoderModel;

    /// <summary>Measures one set; null where it has no document.</summary>
    public HeldOutResult? Measure(HeldOutSet set, EvaluationPlan plan, CancellationToken cancel)
    {
        using var graph = new Graph(recording: false);
        var (positions, labels) = (new PositionLosses(context), new LabelTally());
        var part = new PackedPart(Math.Max(rowsAtOnce, context));
        var packed = new List<Document>();
        foreach (var document in Documents(set, plan))
        {
            cancel.ThrowIfCancellationRequested();
            if (part.Room < Math.Min(document.Predicted, context))
                Score(graph, part, packed, positions, labels);
            part.Add(document, context, readsPrompt);
            packed.Add(document);
        }
        if (packed.Count > 0)
            Score(graph, part, packed, positions, labels);
        return positions.Tokens == 0 ? null : new HeldOutResult(set.Name, positions.Mean, positions.Tokens, positions.Bins, labels.Shots, labels.WholeWords);
    }

    private static IEnumerable<Document> Documents(HeldOutSet set, EvaluationPlan plan)
    {
        var most = plan.Documents;
        for (var (i, taken) = (0, 0); taken < most && set.Read(i) is { } document; i++)
        {
            if (document.Predicted == 0)
                continue;
            if (document.Labels.Count > 0)
                most = plan.Episodes;
            taken++;
            yield return document;
        }
    }

    private void Score(Graph graph, PackedPart part, List<Document> documents, PositionLosses positions, LabelTally labels)
    {
        graph.Reset();
        var logits = model.Logits(graph, model.Forward(graph, part.Batch, trained.Sites), part.Batch, trained.Sites);
        var losses = graph.CrossEntropy(logits, part.Targets, EachRow);
        for (var d = 0; d < documents.Count; d++)
        {
            var segment = part.Batch.Segments[d];
            for (var i = 0; i < segment.Length; i++)
                if (part.Targets[segment.Start + i] != CrossEntropyOperation.Ignore)
                    positions.Add(i, losses.Span[segment.Start + i]);
            foreach (var label in documents[d].Labels.Where(l => l.Right >= 0 && LabelTally.Counts(l.Shot) && l.Start - 1 < segment.Length))
                if (!readsPrompt && FirstTokensDiffer(label))
                    labels.Add(label, Likeliest(logits[segment.Start + label.Start - 1], label), wholeWords: false);
        }
        foreach (var document in documents)
            foreach (var label in document.Labels.Where(l => l.Right >= 0 && LabelTally.Counts(l.Shot) && l.Start + l.Candidates.Max(c => c.Length) <= context))
                if (readsPrompt || !FirstTokensDiffer(label))
                    labels.Add(label, LikeliestWord(graph, document, label), wholeWords: true);
        part.Clear();
        documents.Clear();
    }

    private static bool FirstTokensDiffer(LabelSpan label) => label.Candidates.Select(c => c[0]).Distinct().Count() == label.Candidates.Count;

    private static int Likeliest(ReadOnlySpan<float> logits, LabelSpan label)
    {
        var best = 0;
        for (var c = 1; c < label.Candidates.Count; c++)
            if (logits[label.Candidates[c][0]] > logits[label.Candidates[best][0]])
                best = c;
        return best;
    }

    /// <summary>The label whose tokens have the highest Σ log p, each read behind what stands before it.</summary>
    private int LikeliestWord(Graph graph, Document document, LabelSpan label)
    {
        graph.Reset();
        var (batch, targets) = (new TokenBatch(), new List<int>());
        foreach (var candidate in label.Candidates)
        {
            // The last token of a label is predicted and never read.
            int[] tokens = [.. document.Ids.AsSpan(0, label.Start), .. candidate.AsSpan(0, candidate.Length - 1)];
            batch.Add(tokens, prompt: readsPrompt ? label.Start : 0);
            targets.AddRange(Enumerable.Repeat(CrossEntropyOperation.Ignore, label.Start - 1));
            targets.AddRange(candidate);
        }
        var hidden = model.Forward(graph, batch, trained.Sites);
        var losses = graph.CrossEntropy(model.Logits(graph, hidden, batch, trained.Sites), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(targets), EachRow);
        var (best, least) = (-1, double.PositiveInfinity);
        for (var c = 0; c < label.Candidates.Count; c++)
        {
            var sum = 0.0;
            for (var i = 0; i < batch.Segments[c].Length; i++)
                sum += losses.Span[batch.Segments[c].Start + i];
            if (sum < least)
                (best, least) = (c, sum);
        }
        return best;
    }
}
