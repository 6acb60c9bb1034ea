using Attune.Methods.Head;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;

namespace Attune.Reproductions.Tart;

/// <summary>Accuracies on the same whitened features: of the reasoner, and of logistic regression, ½‖w‖² + Σ loss with a bias.</summary>
internal static class TartScores
{
    public static (double Reasoner, double Logistic) Of(TartReasoner reasoner, float[][] train, int[] labels, float[][] test, int[] truth)
    {
        var d = reasoner.Plan.Dimensions;
        var features = WhitenedFeatures.Fit(train, d);
        var (rows, queries) = (features.Of(train), features.Of(test));
        var logits = reasoner.Predict(rows, Array.ConvertAll(labels, l => (float)l), queries);
        var logistic = LogisticRegression.Fit(PointSet.Of(Rows(rows, d)), labels, 2);
        var chosen = Rows(queries, d).Select(q => logistic.Probabilities(q)[1] >= 0.5 ? 1 : 0).ToArray();
        return (Accuracy(Array.ConvertAll(logits, l => l >= 0 ? 1 : 0), truth), Accuracy(chosen, truth));
    }

    /// <summary>Plain in-context learning: the label whose first token scores highest.</summary>
    public static double InContext(double[][] scores, int[] truth) => Accuracy(Array.ConvertAll(scores, s => Array.IndexOf(s, s.Max())), truth);

    public static double Accuracy(int[] predicted, int[] truth) => predicted.Zip(truth, (p, t) => p == t ? 1.0 : 0).Average();

    private static float[][] Rows(float[] values, int columns) => [.. Enumerable.Range(0, values.Length / columns).Select(r => values.AsSpan(r * columns, columns).ToArray())];
}
