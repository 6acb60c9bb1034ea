using System.Runtime.InteropServices;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Training.Pretraining;

/// <summary>
/// Measures a model in training on held-out documents: loss by position, and accuracy on labels by the labelled rows before them. Some documents at a time, and scores over the
/// vocabulary for some rows at a time: each row has the same bits whatever it is computed with.
/// </summary>
internal sealed class HeldOutEvaluation(TrainableModel trained, int context, int tokensOfPart)
{
    /// <summary>Rows whose scores over the vocabulary are there at once.</summary>
    public const int ScoredRows = 128;

    /// <summary>Rows of hidden states at once, where a document has no more.</summary>
    private const int MostRows = 1024;

    private static readonly CrossEntropyOptions EachRow = new() { Reduction = Reduction.None };

    private readonly CausalLanguageModel model = (CausalLanguageModel)trained.Model;
    private readonly bool readsPrompt = trained.Model is EncoderDecoderModel;
    private readonly int rowsAtOnce = RowsAtOnce(context, tokensOfPart);

    /// <summary>Rows of hidden states that an evaluation computes at once: one document at least.</summary>
    public static int RowsAtOnce(int context, int tokensOfPart) => Math.Max(context, Math.Min(tokensOfPart, MostRows));

    /// <summary>Measures one set; null where it has no document.</summary>
    public HeldOutResult? Measure(HeldOutSet set, EvaluationPlan plan, CancellationToken cancel)
    {
        using var graph = new Graph(recording: false);
        var (positions, labels) = (new PositionLosses(context), new LabelTally());
        var part = new PackedPart(rowsAtOnce);
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
        var asked = FirstTokens(part, documents);
        var (losses, likeliest) = Rows(graph, part, [.. asked.Select(a => a.Row)], [.. asked.Select(a => a.Label)]);
        for (var (d, next) = (0, 0); d < documents.Count; d++)
        {
            var segment = part.Batch.Segments[d];
            for (var i = 0; i < segment.Length; i++)
                if (part.Targets[segment.Start + i] != CrossEntropyOperation.Ignore)
                    positions.Add(i, losses[segment.Start + i]);
            for (; next < asked.Count && asked[next].Row < segment.Start + segment.Length; next++)
                labels.Add(asked[next].Label, likeliest[next], wholeWords: false);
        }
        foreach (var document in documents)
            foreach (var label in document.Labels.Where(l => IsMeasured(l) && l.Start + l.Candidates.Max(c => c.Length) <= context))
                if (readsPrompt || !FirstTokensDiffer(label))
                    labels.Add(label, LikeliestWord(graph, document, label), wholeWords: true);
        part.Clear();
        documents.Clear();
    }

    /// <summary>The labels that are scored by their first token, with the row that predicts it; ascending.</summary>
    private List<(int Row, LabelSpan Label)> FirstTokens(PackedPart part, List<Document> documents) => readsPrompt ? [] :
    [
        .. documents.Zip(part.Batch.Segments).SelectMany(d => d.First.Labels
            .Where(l => IsMeasured(l) && l.Start - 1 < d.Second.Length && FirstTokensDiffer(l)).Select(l => (d.Second.Start + l.Start - 1, l))),
    ];

    /// <summary>The loss of each row of a part, and for some rows the label that is likeliest there.</summary>
    private (float[] Losses, int[] Likeliest) Rows(Graph graph, PackedPart part, int[] rows, LabelSpan[] labels)
    {
        graph.Reset();
        var hidden = model.Forward(graph, part.Batch, trained.Sites);
        var kept = graph.Persistent.Matrix(hidden.Rows, hidden.Columns);
        hidden.Span.CopyTo(kept.Span);
        var (losses, likeliest, next) = (new float[part.Batch.Count], new int[rows.Length], 0);
        for (var first = 0; first < losses.Length; first += ScoredRows)
        {
            var count = Math.Min(ScoredRows, losses.Length - first);
            graph.BeginLayer();
            var logits = model.Logits(graph, kept.Slice(first, count), part.Batch, trained.Sites);
            graph.CrossEntropy(logits, part.Targets.Slice(first, count), EachRow).Span.CopyTo(losses.AsSpan(first));
            for (; next < rows.Length && rows[next] < first + count; next++)
                likeliest[next] = Likeliest(logits[rows[next] - first], labels[next]);
        }
        return (losses, likeliest);
    }

    private static bool IsMeasured(LabelSpan label) => label.Right >= 0 && LabelTally.Counts(label.Shot);

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
        var (best, least, longest) = (-1, double.PositiveInfinity, label.Start - 1 + label.Candidates.Max(c => c.Length));
        var atOnce = Math.Max(1, rowsAtOnce / longest);
        for (var first = 0; first < label.Candidates.Count; first += atOnce)
        {
            var sums = Surprises(graph, document, label, [.. label.Candidates.Skip(first).Take(atOnce)]);
            for (var c = 0; c < sums.Length; c++)
                if (sums[c] < least)
                    (best, least) = (first + c, sums[c]);
        }
        return best;
    }

    /// <summary>Σ −ln p of each candidate's tokens; scores over the vocabulary exist for the rows that predict these alone.</summary>
    private double[] Surprises(Graph graph, Document document, LabelSpan label, IReadOnlyList<int[]> candidates)
    {
        graph.Reset();
        var (batch, rows, targets) = (new TokenBatch(), new List<int>(), new List<int>());
        foreach (var candidate in candidates)
        {
            rows.AddRange(Enumerable.Range(batch.Count + label.Start - 1, candidate.Length));
            targets.AddRange(candidate);
            // The last token of a label is predicted and never read.
            int[] tokens = [.. document.Ids.AsSpan(0, label.Start), .. candidate.AsSpan(0, candidate.Length - 1)];
            batch.Add(tokens, prompt: readsPrompt ? label.Start : 0);
        }
        var hidden = model.ForwardRows(graph, batch, trained.Sites, CollectionsMarshal.AsSpan(rows));
        var losses = graph.CrossEntropy(model.Logits(graph, hidden, batch, trained.Sites), CollectionsMarshal.AsSpan(targets), EachRow);
        var (sums, at) = (new double[candidates.Count], 0);
        for (var c = 0; c < sums.Length; c++)
            for (var i = 0; i < candidates[c].Length; i++)
                sums[c] += losses.Span[at++];
        return sums;
    }
}
