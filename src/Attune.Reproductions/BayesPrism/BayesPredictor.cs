namespace Attune.Reproductions.BayesPrism;

/// <summary>
/// The exact posterior mean E[f(x) | data] of a <see cref="FunctionFamily"/>, point by point: every component keeps the normal posterior of its weights
/// (m, S), updated by rank one, and the logarithm of its evidence, the sum of its predictive densities; the prediction is Σ_m β_m·φ(x)·m_m with
/// β_m ∝ π_m·p_m(y | x) (arXiv 2306.04891, equation 2 and appendix on mixtures; Bishop 2006, section 3.3).
/// </summary>
internal sealed class BayesPredictor
{
    private readonly FunctionFamily family;
    private readonly Posterior[] posteriors;
    private readonly double[] features;

    public BayesPredictor(FunctionFamily family)
    {
        this.family = family;
        features = new double[family.Features];
        posteriors = [.. family.Components.Select(c => new Posterior(c))];
        Reset();
    }

    /// <summary>Forgets what was observed.</summary>
    public void Reset()
    {
        foreach (var p in posteriors)
            p.Reset();
    }

    /// <summary>ln p(y_1 … y_i | x), the evidence of the whole mixture.</summary>
    public double LogEvidence => LogSum(posteriors.Select(p => p.LogWeight));

    /// <summary>β: the posterior probability of each component, computed through logarithms; they sum to 1.</summary>
    public double[] Weights()
    {
        var total = LogEvidence;
        return [.. posteriors.Select(p => Math.Exp(p.LogWeight - total))];
    }

    /// <summary>E[f(x) | what was observed].</summary>
    public double Predict(ReadOnlySpan<double> x)
    {
        family.Map(x, features);
        var (total, sum) = (LogEvidence, 0.0);
        foreach (var p in posteriors)
            sum += Math.Exp(p.LogWeight - total) * p.Mean(features);
        return sum;
    }

    /// <summary>Takes in one pair.</summary>
    public void Observe(ReadOnlySpan<double> x, double y)
    {
        family.Map(x, features);
        foreach (var p in posteriors)
            p.Observe(features, y, family.NoiseVariance);
    }

    /// <summary>The prediction for every point of an episode from the points before it.</summary>
    public double[] Along(FunctionEpisode episode)
    {
        Reset();
        var predictions = new double[episode.Points];
        for (var i = 0; i < predictions.Length; i++)
        {
            predictions[i] = Predict(episode.Input(i));
            Observe(episode.Input(i), episode.Noisy[i]);
        }
        return predictions;
    }

    private static double LogSum(IEnumerable<double> logs)
    {
        var items = logs.ToArray();
        var most = items.Max();
        return double.IsNegativeInfinity(most) ? most : most + Math.Log(items.Sum(l => Math.Exp(l - most)));
    }

    /// <summary>The posterior of one component: N(mean, covariance), and ln(π·evidence).</summary>
    private sealed class Posterior(NormalComponent prior)
    {
        private readonly double[] mean = new double[prior.Mean.Length], gain = new double[prior.Mean.Length];
        private readonly double[,] covariance = new double[prior.Mean.Length, prior.Mean.Length];
        private readonly bool isFixed = prior.Variance.All(v => v == 0);

        public double LogWeight { get; private set; }

        public void Reset()
        {
            LogWeight = Math.Log(prior.Weight);
            prior.Mean.CopyTo(mean, 0);
            Array.Clear(covariance);
            for (var i = 0; i < mean.Length; i++)
                covariance[i, i] = prior.Variance[i];
        }

        public double Mean(ReadOnlySpan<double> features)
        {
            var sum = 0.0;
            for (var i = 0; i < mean.Length; i++)
                sum += mean[i] * features[i];
            return sum;
        }

        public void Observe(ReadOnlySpan<double> features, double y, double noise)
        {
            var variance = noise + (isFixed ? 0 : Gain(features));
            var error = y - Mean(features);
            LogWeight -= 0.5 * (Math.Log(2 * Math.PI * variance) + error * error / variance);
            if (isFixed)
                return;
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += gain[i] * error / variance;
                for (var j = 0; j < mean.Length; j++)
                    covariance[i, j] -= gain[i] * gain[j] / variance;
            }
        }

        /// <summary>gain = S·φ; returns φ·S·φ.</summary>
        private double Gain(ReadOnlySpan<double> features)
        {
            var spread = 0.0;
            for (var i = 0; i < mean.Length; i++)
            {
                var sum = 0.0;
                for (var j = 0; j < mean.Length; j++)
                    sum += covariance[i, j] * features[j];
                gain[i] = sum;
                spread += features[i] * sum;
            }
            return spread;
        }
    }
}
