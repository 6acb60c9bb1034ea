using Attune.Tensors;

namespace Attune.Reproductions.BayesPrism;

/// <summary>What one trained learner was measured to do on fresh functions.</summary>
/// <param name="Learner">Mean (f̂(x_i) − f(x_i))² by number of examples i, without the noise of y.</param>
/// <param name="Bayes">The same of the exact predictor on the same functions.</param>
/// <param name="Variance">Mean y².</param>
/// <param name="BelowBayes">By how many standard errors the learner's error lies below Bayes's, over functions; above 3 something leaks.</param>
internal sealed record PrismOutcome(PrismTask Task, double[] Learner, double[] Bayes, double Variance, double BelowBayes)
{
    /// <summary>Energies a_n² + b_n² of predictions on a grid, mean over prompts, [shots][frequency]; Fourier's families.</summary>
    public double[][] Spectra { get; init; } = [];

    /// <summary>The same of the exact predictor for the learner's training mix.</summary>
    public double[][] BayesSpectra { get; init; } = [];

    /// <summary>Cosine between the weights that the learner's predictions imply and those of the exact predictor, by number of examples; linear families.</summary>
    public double[] Cosines { get; init; } = [];

    /// <summary>(error of the learner − error of Bayes)/Var(y) by number of examples.</summary>
    public double[] Gaps => [.. Learner.Select((e, i) => (e - Bayes[i]) / Variance)];

    /// <summary>Their mean.</summary>
    public double Gap => Gaps.Average();

    /// <summary>Of the error that Bayes removes compared with predicting 0, the share that the learner removes.</summary>
    public double GainShare => (Zero - Learner.Average()) / (Zero - Bayes.Average());

    /// <summary>The gap of predicting 0 everywhere.</summary>
    public double ZeroGap => (Zero - Bayes.Average()) / Variance;

    /// <summary>Error of predicting 0: the variance of f.</summary>
    private double Zero => Variance - PrismPlan.Noise;

    /// <summary>Measures errors on functions drawn from <paramref name="random"/>.</summary>
    public static PrismOutcome Measure(PrismTask task, PrismLearner learner, PrismPlan plan, SeededRandom random)
    {
        var episodes = Enumerable.Range(0, plan.Test).Select(_ => task.Family.Draw(plan.Points, random)).ToArray();
        var predicted = episodes.Chunk(plan.Batch).SelectMany(learner.Predict).ToArray();
        var (own, exact) = (new double[plan.Points], new double[plan.Points]);
        var differences = new double[episodes.Length];
        for (var e = 0; e < episodes.Length; e++)
        {
            var bayes = BayesPredictor.Along(task.Family, episodes[e]);
            for (var i = 0; i < plan.Points; i++)
            {
                var (a, b) = (Square(predicted[e][i] - episodes[e].Values[i]), Square(bayes[i] - episodes[e].Values[i]));
                (own[i], exact[i]) = (own[i] + a / episodes.Length, exact[i] + b / episodes.Length);
                differences[e] += (a - b) / plan.Points;
            }
        }
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => Square(d - mean)) / (differences.Length - 1) / differences.Length);
        return new PrismOutcome(task, own, exact, episodes.Average(e => e.Noisy.Average(Square)), -mean / error);
    }

    private static double Square(double x) => x * x;
}
