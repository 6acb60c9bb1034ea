using Attune.Data;
using Attune.Evaluation.Metrics;
using Attune.Evaluation.Statistics;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>Metrics of predictions. A dropped row is wrong and gives its label the probability 0.</summary>
internal static class EvaluationScores
{
    /// <summary>Least probability that a logarithm is taken of, as in comparisons.</summary>
    private const double Floor = 1e-12;

    public static IReadOnlyList<EvaluationScore> Of(TaskSpec task, IReadOnlyList<Example> examples, IReadOnlyList<Prediction> predictions)
    {
        var right = examples.Select((e, i) => predictions[i].Label == e.Label ? 1.0 : 0.0).ToArray();
        var losses = examples.Select((e, i) => -Math.Log(Math.Max(Probability(predictions[i], e.Label), Floor))).ToArray();
        var scores = new List<EvaluationScore> { Mean("accuracy", right) };
        if (task.Kind == TaskKind.Classification)
            scores.Add(MacroF1(task, examples, predictions));
        scores.Add(Mean("nll", losses));
        var kept = Enumerable.Range(0, examples.Count).Where(i => predictions[i].Label is not null).ToArray();
        if (kept.Length > 0)
            scores.Add(new EvaluationScore("ece", Calibration.ExpectedError([.. kept.Select(i => predictions[i].Probabilities.Max())], [.. kept.Select(i => right[i] > 0)])));
        if (kept.Length < examples.Count)
            scores.Add(new EvaluationScore("dropped", examples.Count - kept.Length));
        return scores;
    }

    private static EvaluationScore Mean(string name, double[] values)
    {
        var interval = TwoLevelBootstrap.Mean([values], new SeededRandom(0).Fork(name));
        return new EvaluationScore(name, interval.Estimate, interval.Low, interval.High);
    }

    private static EvaluationScore MacroF1(TaskSpec task, IReadOnlyList<Example> examples, IReadOnlyList<Prediction> predictions)
    {
        var places = task.Labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        int[] gold = [.. examples.Select(e => places[e.Label])];
        // A dropped row was given no class.
        int[] predicted = [.. predictions.Select(p => p.Label is null ? -1 : places[p.Label])];
        var classes = places.Count;
        var interval = TwoLevelBootstrap.Statistic([gold], [predicted], (g, p) => ClassificationMetrics.MacroF1(g, p, classes), new SeededRandom(0).Fork("macro-f1"));
        return new EvaluationScore("macro-f1", interval.Estimate, interval.Low, interval.High);
    }

    private static double Probability(Prediction prediction, string label)
    {
        for (var i = 0; i < prediction.Labels.Count; i++)
        {
            if (prediction.Labels[i] == label)
                return prediction.Probabilities[i];
        }
        return 0;
    }
}
