using Attune.Tensors;

namespace Attune.Reproductions.BayesPrism;

/// <summary>What one trained learner was measured to do on fresh functions.</summary>
/// <param name="Learner">Mean (f̂(x_i) − f(x_i))² by number of examples i, without the noise of y.</param>
/// <param name="Bayes">The same of the exact predictor on the same functions.</param>
/// <param name="Variance">Mean y².</param>
/// <param name="BelowBayes">By how many standard errors the learner's error lies below Bayes's, over functions: at the luckiest number of examples, or in the mean over them.</param>
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

    /// <summary>Their mean from the first example on; before it both know the prior's mean alone.</summary>
    public double Gap => Gaps.Skip(1).Average();

    /// <summary>Of the error that Bayes removes compared with predicting 0, the share that the learner removes.</summary>
    public double GainShare => (Zero - Learner.Average()) / (Zero - Bayes.Average());

    /// <summary>The gap of predicting 0 everywhere, in the same mean.</summary>
    public double ZeroGap => (Zero - Bayes.Skip(1).Average()) / Variance;

    /// <summary>Error of predicting 0: the variance of f.</summary>
    private double Zero => Variance - PrismPlan.Noise;

    /// <summary>Measures errors on functions drawn from <paramref name="random"/>.</summary>
    public static PrismOutcome Measure(PrismTask task, PrismLearner learner, PrismPlan plan, SeededRandom random)
    {
        var episodes = Enumerable.Range(0, plan.Test).Select(_ => task.Family.Draw(plan.Points, random)).ToArray();
        var predicted = episodes.Chunk(plan.Batch).SelectMany(learner.Predict).ToArray();
        var (own, exact) = (new double[plan.Points], new double[plan.Points]);
        // [numbers of examples, and last their mean][functions]
        double[][] differences = [.. Enumerable.Range(0, plan.Points + 1).Select(_ => new double[episodes.Length])];
        for (var e = 0; e < episodes.Length; e++)
        {
            var bayes = BayesPredictor.Along(task.Family, episodes[e]);
            for (var i = 0; i < plan.Points; i++)
            {
                var (a, b) = (Square(predicted[e][i] - episodes[e].Values[i]), Square(bayes[i] - episodes[e].Values[i]));
                (own[i], exact[i]) = (own[i] + a / episodes.Length, exact[i] + b / episodes.Length);
                differences[i][e] = a - b;
                differences[^1][e] += (a - b) / plan.Points;
            }
        }
        return new PrismOutcome(task, own, exact, episodes.Average(e => e.Noisy.Average(Square)), differences.Max(d => -InStandardErrors(d)));
    }

    /// <summary>How many values <see cref="BelowBayes"/> is the largest of.</summary>
    public static int Looks(PrismPlan plan) => plan.Points + 1;

    /// <summary>The mean over its standard error.</summary>
    internal static double InStandardErrors(double[] values)
    {
        var mean = values.Average();
        return mean / Math.Sqrt(values.Sum(v => Square(v - mean)) / (values.Length - 1) / values.Length);
    }

    private static double Square(double x) => x * x;
}
