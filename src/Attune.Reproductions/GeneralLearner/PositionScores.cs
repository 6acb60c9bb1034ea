using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.GeneralLearner;

/// <summary>How often the label is right, and −ln p of it, by the number of examples seen before.</summary>
/// <param name="Accuracy">By position; the first has seen none.</param>
/// <param name="Loss">By position.</param>
internal sealed record PositionScores(double[] Accuracy, double[] Loss)
{
    public double First => Accuracy[0];

    public double Last => Accuracy[^1];

    /// <summary>What the examples of a sequence bring: from the first position to the last.</summary>
    public double Gain => Last - First;

    /// <summary>Position by position, over seeds.</summary>
    public static PositionScores Mean(IReadOnlyList<PositionScores> scores) => new(Mean(scores, s => s.Accuracy), Mean(scores, s => s.Loss));

    public static PositionScores Of(IExampleLearner learner, TaskSequences sequences)
    {
        using var graph = new Graph(recording: false);
        return Of(learner.Logits(graph, sequences), sequences);
    }

    /// <param name="logits">[count·length, classes].</param>
    public static PositionScores Of(Tensor logits, TaskSequences sequences)
    {
        var (right, loss) = (new int[sequences.Length], new double[sequences.Length]);
        for (var row = 0; row < logits.Rows; row++)
        {
            var (scores, label) = (logits[row].ToArray(), sequences.Labels[row]);
            double top = scores.Max();
            loss[row % sequences.Length] += (Math.Log(scores.Sum(s => Math.Exp(s - top))) + top - scores[label]) / sequences.Count;
            if (Array.IndexOf(scores, (float)top) == label)
                right[row % sequences.Length]++;
        }
        return new([.. right.Select(n => (double)n / sequences.Count)], loss);
    }

    private static double[] Mean(IReadOnlyList<PositionScores> scores, Func<PositionScores, double[]> part) =>
        [.. Enumerable.Range(0, part(scores[0]).Length).Select(i => scores.Average(s => part(s)[i]))];
}
