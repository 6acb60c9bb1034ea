namespace Attune.Reproductions.BayesPrism;

/// <summary>
/// The exact posterior mean E[f(x) | data] of a <see cref="FunctionFamily"/>, point by point: every component keeps the normal posterior of its weights and its evidence
/// (<see cref="GaussianPosterior"/>); the prediction is Σ_m β_m·E_m[w]·φ(x) with β_m ∝ π_m·p_m(y | x) (arXiv 2306.04891, equation 2 and the appendix on mixtures).
/// </summary>
internal sealed class BayesPredictor
{
    private readonly FunctionFamily family;
    private readonly GaussianPosterior[] posteriors;
    private readonly double[] features, priors;

    public BayesPredictor(FunctionFamily family)
    {
        this.family = family;
        features = new double[family.Features];
        priors = [.. family.Components.Select(c => Math.Log(c.Weight))];
        posteriors = [.. family.Components.Select(c => new GaussianPosterior(c.Mean, Diagonal(c.Variance), family.NoiseVariance))];
    }

    /// <summary>β: the posterior probability of each component, computed through logarithms; they sum to 1.</summary>
    public double[] Weights() => LogWeights.Normalised([.. priors.Select((p, m) => p + posteriors[m].LogEvidence)]);

    /// <summary>E[f(x) | what was observed].</summary>
    public double Predict(ReadOnlySpan<double> x) => Predict(x, Weights());

    /// <summary>Takes in one pair.</summary>
    public void Observe(ReadOnlySpan<double> x, double y)
    {
        family.Map(x, features);
        foreach (var p in posteriors)
            p.Add(features, y);
    }

    /// <summary>The prediction for every point of an episode from the points before it.</summary>
    public static double[] Along(FunctionFamily family, FunctionEpisode episode)
    {
        var predictor = new BayesPredictor(family);
        var predictions = new double[episode.Points];
        for (var i = 0; i < predictions.Length; i++)
        {
            predictions[i] = predictor.Predict(episode.Input(i));
            predictor.Observe(episode.Input(i), episode.Noisy[i]);
        }
        return predictions;
    }

    /// <summary>E[f(x)] at any points, [inputs · count], after the first <paramref name="shots"/> points of an episode.</summary>
    public static double[] After(FunctionFamily family, FunctionEpisode episode, int shots, ReadOnlySpan<double> points)
    {
        var predictor = new BayesPredictor(family);
        for (var i = 0; i < shots; i++)
            predictor.Observe(episode.Input(i), episode.Noisy[i]);
        var (weights, result) = (predictor.Weights(), new double[points.Length / family.Inputs]);
        for (var q = 0; q < result.Length; q++)
            result[q] = predictor.Predict(points.Slice(q * family.Inputs, family.Inputs), weights);
        return result;
    }

    private double Predict(ReadOnlySpan<double> x, double[] weights)
    {
        family.Map(x, features);
        var sum = 0.0;
        for (var m = 0; m < weights.Length; m++)
            sum += weights[m] * posteriors[m].Predict(features);
        return sum;
    }

    private static double[] Diagonal(double[] variance)
    {
        var matrix = new double[variance.Length * variance.Length];
        for (var i = 0; i < variance.Length; i++)
            matrix[i * variance.Length + i] = variance[i];
        return matrix;
    }
}
