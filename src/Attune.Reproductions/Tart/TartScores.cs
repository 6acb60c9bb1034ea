using Attune.Methods.Head;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;

namespace Attune.Reproductions.Tart;

/// <summary>Accuracies on the same whitened features: of the reasoner, and of logistic regression, ½‖w‖² + Σ loss with a bias.</summary>
internal static class TartScores
{
    public static double Reasoner(TartReasoner reasoner, float[][] train, int[] labels, float[][] test, int[] truth)
    {
        var features = WhitenedFeatures.Fit(train, reasoner.Plan.Dimensions);
        var logits = reasoner.Predict(features.Of(train), Array.ConvertAll(labels, l => (float)l), features.Of(test));
        return Accuracy(Array.ConvertAll(logits, l => l >= 0 ? 1 : 0), truth);
    }

    /// <param name="dimensions">Coordinates of the features.</param>
    public static double Logistic(int dimensions, float[][] train, int[] labels, float[][] test, int[] truth)
    {
        var features = WhitenedFeatures.Fit(train, dimensions);
        var logistic = LogisticRegression.Fit(PointSet.Of(Rows(features.Of(train), dimensions)), labels, 2);
        return Accuracy([.. Rows(features.Of(test), dimensions).Select(q => logistic.Probabilities(q)[1] >= 0.5 ? 1 : 0)], truth);
    }

    /// <summary>Plain in-context learning: the label whose first token scores highest.</summary>
    public static double InContext(double[][] scores, int[] truth) => Accuracy(Array.ConvertAll(scores, s => Array.IndexOf(s, s.Max())), truth);

    public static double Accuracy(int[] predicted, int[] truth) => predicted.Zip(truth, (p, t) => p == t ? 1.0 : 0).Average();

    private static float[][] Rows(float[] values, int columns) => [.. Enumerable.Range(0, values.Length / columns).Select(r => values.AsSpan(r * columns, columns).ToArray())];
}
