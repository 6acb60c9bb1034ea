using Attune.Models.Architectures;
using Attune.Reproductions.Texts;
using Attune.Tensors;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>One task: the rate of tuning chosen on training rows once, then each set of demonstrations measured on queries.</summary>
internal sealed class OverlapCell(CausalLanguageModel model, PromptTask task, CancellationToken cancel) : IDisposable
{
    private readonly AttentionReader reader = new(model);

    public void Dispose() => reader.Dispose();

    /// <summary>
    /// The rate at which tuning on some training rows predicts others best: by accuracy, then by the mean log-share of the right label among the labels.
    /// </summary>
    public double ChooseRate(IReadOnlyList<double> rates, IReadOnlyList<PromptRow> demonstrations, IReadOnlyList<PromptRow> others) => rates.MaxBy(rate =>
    {
        using var tuning = KeyValueTuning.Train(model, task, demonstrations, rate, cancel);
        var traces = reader.Read(task, others, tuning, null, cancel);
        return (traces.Zip(others, (t, o) => t.Predicted == o.Label ? 1 : 0).Sum(), traces.Zip(others, (t, o) => LogShare(t.Scores, o.Label)).Sum());
    });

    public OverlapScores Measure(IReadOnlyList<PromptRow> queries, IReadOnlyList<PromptRow> demonstrations, double rate, SeededRandom random)
    {
        var zero = reader.Read(task, queries, null, null, cancel);
        var inContext = reader.Read(task, queries, null, reader.Demonstrations(task, demonstrations), cancel);
        var other = Permuted(demonstrations, random.Fork("labels"));
        var ((tuned, trained), (permuted, permutedTrained)) = (Tune(queries, demonstrations, rate), Tune(queries, other, rate));
        var (tokens, otherTokens) = (Places(task, demonstrations, demonstrations), Places(task, demonstrations, other));
        double Mean(Func<int, double> value) => Enumerable.Range(0, queries.Count).Average(value);
        bool[] Right(IReadOnlyList<QueryTrace> traces) => [.. traces.Zip(queries, (t, q) => t.Predicted == q.Label)];
        var (rightZero, right, rightTuned, rightPermuted) = (Right(zero), Right(inContext), Right(tuned), Right(permuted));
        var numbers = random.Fork("numbers");
        return new OverlapScores
        {
            Tuned = Turned(queries, rightZero, rightTuned, right),
            Permuted = Turned(queries, rightZero, rightPermuted, right),
            TurnedByDemonstrations = rightZero.Contains(false) ? rightZero.Zip(right).Where(p => !p.First).Average(p => p.Second ? 1.0 : 0) : 0,
            Updates = Mean(i => Overlap.Updates(zero[i], inContext[i], tuned[i])),
            PermutedUpdates = Mean(i => Overlap.Updates(zero[i], inContext[i], permuted[i])),
            RandomUpdates = Mean(i => Overlap.RandomUpdates(zero[i], inContext[i], numbers)),
            MapsBefore = Mean(i => Overlap.Maps(inContext[i], zero[i], model.Heads)),
            MapsAfter = Mean(i => Overlap.Maps(inContext[i], tuned[i], model.Heads)),
            PermutedMapsAfter = Mean(i => Overlap.Maps(inContext[i], permuted[i], model.Heads)),
            Kendall = Mean(i => Overlap.Kendall(inContext[i], tuned[i], trained, tokens)),
            PermutedKendall = Mean(i => Overlap.Kendall(inContext[i], permuted[i], permutedTrained, otherTokens)),
            RandomKendall = Mean(i => Overlap.RandomKendall(inContext[i], tokens, numbers)),
            Zero = rightZero.Average(r => r ? 1.0 : 0),
            InContext = right.Average(r => r ? 1.0 : 0),
            TunedRight = rightTuned.Average(r => r ? 1.0 : 0),
            PermutedRight = rightPermuted.Average(r => r ? 1.0 : 0),
        };
    }

    /// <summary>The demonstrations with their labels dealt out anew: as many of each, so that every row may get another's.</summary>
    internal static IReadOnlyList<PromptRow> Permuted(IReadOnlyList<PromptRow> rows, SeededRandom random)
    {
        var labels = rows.Select(r => r.Label).ToArray();
        random.Shuffle<int>(labels);
        return [.. rows.Select((r, i) => r with { Label = labels[i] })];
    }

    /// <summary>
    /// Where the tokens of demonstrations stand in the prompt and among those trained on; the first of each, separators and what begins the prompt are left out. Where a demonstration
    /// was trained on with other label words, as many of them are compared as both have.
    /// </summary>
    internal static IReadOnlyList<(int InPrompt, int InTraining)> Places(PromptTask task, IReadOnlyList<PromptRow> shown, IReadOnlyList<PromptRow> trained)
    {
        var (prompt, training, places) = (task.Beginning.Length, 0, new List<(int, int)>());
        foreach (var (before, own) in shown.Zip(trained))
        {
            training += task.Beginning.Length;
            var (inPrompt, inTraining) = (before.Input.Length + task.Labels[before.Label].Length, own.Input.Length + task.Labels[own.Label].Length);
            for (var i = 1; i < Math.Min(inPrompt, inTraining); i++)
                places.Add((prompt + i, training + i));
            (prompt, training) = (prompt + inPrompt + task.Separator.Length, training + inTraining);
        }
        return places;
    }

    private (IReadOnlyList<QueryTrace> Traces, float[][] Trained) Tune(IReadOnlyList<PromptRow> queries, IReadOnlyList<PromptRow> demonstrations, double rate)
    {
        using var tuning = KeyValueTuning.Train(model, task, demonstrations, rate, cancel);
        return (reader.Read(task, queries, tuning, null, cancel), tuning.Queries);
    }

    private static TurnedQueries Turned(IReadOnlyList<PromptRow> queries, bool[] zero, bool[] tuned, bool[] inContext) =>
        new([.. queries.Where((_, i) => !zero[i] && tuned[i])], Overlap.Recall(zero, tuned, inContext).Recalled);

    /// <summary>ln of the label's share among the labels' first tokens.</summary>
    private static double LogShare(double[] scores, int label)
    {
        var most = scores.Max();
        return scores[label] - most - Math.Log(scores.Sum(s => Math.Exp(s - most)));
    }
}
