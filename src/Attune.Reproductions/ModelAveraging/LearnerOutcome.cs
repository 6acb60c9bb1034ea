using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>What a trained learner was measured to do.</summary>
/// <param name="Divergence">KL(exact averaging ‖ learner) of the next response, by number of examples, mean over sequences, in nats.</param>
/// <param name="Total">T·regret against the best concept in hindsight, T = 1 …, mean over sequences.</param>
/// <param name="ExactTotal">The same of exact averaging on the same sequences.</param>
internal sealed record LearnerOutcome(LearnerSize Size, double[] Divergence, double[] Total, double[] ExactTotal)
{
    /// <summary>The mean divergence over positions.</summary>
    public double Error => Divergence.Average();

    public static LearnerOutcome Measure(LearnerSize size, ConceptPool pool, ConceptLearner learner, IReadOnlyList<ConceptSequence> test, int batch)
    {
        var divergence = new double[test[0].Length];
        List<double[]> totals = [], exactTotals = [];
        foreach (var group in test.Chunk(batch))
        {
            using var graph = new Graph(recording: false);
            var predicted = learner.Predict(graph, group);
            for (var s = 0; s < group.Length; s++)
            {
                var exact = ConceptAverage.Along(pool, group[s]);
                for (var t = 0; t < divergence.Length; t++)
                    divergence[t] += Divergences(exact[t], predicted[s][t]) / test.Count;
                totals.Add(Regret.Along(pool, group[s], Regret.Logs(group[s], predicted[s])));
                exactTotals.Add(Regret.Along(pool, group[s], Regret.Logs(group[s], exact)));
            }
        }
        return new LearnerOutcome(size, divergence, Regret.Mean(totals), Regret.Mean(exactTotals));
    }

    /// <summary>Σ p·ln(p/q).</summary>
    internal static double Divergences(double[] p, double[] q) => p.Zip(q, (a, b) => a == 0 ? 0 : a * Math.Log(a / b)).Sum();
}
