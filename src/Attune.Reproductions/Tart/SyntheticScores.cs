using Attune.Methods.Head;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.Tart;

/// <summary>
/// The reasoner on fresh synthetic tasks, by labelled points seen, beside logistic regression with the prior that the tasks are drawn from: w ~ N(0, α²I), so C = α², no bias.
/// </summary>
/// <param name="Points">Labelled points seen.</param>
/// <param name="Reasoner">Accuracy at the next point.</param>
/// <param name="Logistic">The regression's.</param>
internal sealed record SyntheticScores(int Points, double Reasoner, double Logistic)
{
    private const int AtOnce = 16;

    public static IReadOnlyList<SyntheticScores> Of(TartReasoner reasoner, IReadOnlyList<int> points, int tasks, SeededRandom random)
    {
        var (plan, pairs) = (reasoner.Plan, points.Max() + 1);
        var drawn = LogisticTasks.Draw(random, tasks, pairs, plan.Dimensions, plan.Dimensions, plan.Cleanness);
        var logits = Logits(reasoner, drawn);
        return [.. points.Select(k => new SyntheticScores(k,
            Enumerable.Range(0, tasks).Average(t => (logits[t * pairs + k] >= 0) == (drawn.Y[t * pairs + k] == 1) ? 1.0 : 0),
            Enumerable.Range(0, tasks).Average(t => (Fitted(drawn, t, k, plan.Cleanness) >= 0.5) == (drawn.Y[t * pairs + k] == 1) ? 1.0 : 0)))];
    }

    /// <summary>The logit at every point of every task.</summary>
    internal static float[] Logits(TartReasoner reasoner, LogisticTasks tasks)
    {
        using var graph = new Graph(recording: false);
        var (result, d) = (new float[tasks.Y.Length], tasks.Dimensions);
        for (var start = 0; start < tasks.Tasks; start += AtOnce)
        {
            var (count, first) = (Math.Min(AtOnce, tasks.Tasks - start), start * tasks.Pairs);
            graph.Reset();
            var y = reasoner.Logits(graph, tasks.X.AsSpan(first * d, count * tasks.Pairs * d), tasks.Y.AsSpan(first, count * tasks.Pairs), count, tasks.Pairs);
            y.Span.CopyTo(result.AsSpan(first));
        }
        return result;
    }

    private static double Fitted(LogisticTasks tasks, int task, int points, double cleanness)
    {
        float[] Point(int i) => tasks.X.AsSpan((task * tasks.Pairs + i) * tasks.Dimensions, tasks.Dimensions).ToArray();
        if (points == 0)
            return 0.5;
        var labels = Enumerable.Range(0, points).Select(i => (int)tasks.Y[task * tasks.Pairs + i]).ToArray();
        var options = new LogisticRegressionOptions { C = cleanness * cleanness, Intercept = false, Tolerance = 1e-4 };
        return LogisticRegression.Fit(PointSet.Of([.. Enumerable.Range(0, points).Select(Point)]), labels, 2, options).Probabilities(Point(points))[1];
    }
}
