namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// Regret in log-loss against the best concept in hindsight, times the number of examples:
/// T·regret_T = max_z Σ_{t≤T} ln P(r_t | c_t, z) − Σ_{t≤T} ln P̂(r_t) (arXiv 2305.19420, corollary 4.2). For exact averaging it lies in [0, ln |Z|].
/// </summary>
internal static class Regret
{
    /// <summary>T·regret for T = 1 … length, from the logarithms of the probabilities that a predictor gave to the responses.</summary>
    public static double[] Along(ConceptPool pool, ConceptSequence sequence, ReadOnlySpan<double> logPredicted)
    {
        var (likelihoods, result, given) = (new double[pool.Count], new double[sequence.Length], 0.0);
        for (var t = 0; t < result.Length; t++)
        {
            for (var z = 0; z < likelihoods.Length; z++)
                likelihoods[z] += pool.Log(z, sequence.Covariates[t], sequence.Responses[t]);
            given += logPredicted[t];
            result[t] = likelihoods.Max() - given;
        }
        return result;
    }

    /// <summary>The same against the concept that the sequence was drawn from; it can be negative.</summary>
    public static double[] AgainstTruth(ConceptPool pool, ConceptSequence sequence, ReadOnlySpan<double> logPredicted)
    {
        var (result, sum) = (new double[sequence.Length], 0.0);
        for (var t = 0; t < result.Length; t++)
            result[t] = sum += pool.Log(sequence.Concept, sequence.Covariates[t], sequence.Responses[t]) - logPredicted[t];
        return result;
    }

    /// <summary>ln P̂(r_t) of each response of a sequence from its predictive distributions.</summary>
    public static double[] Logs(ConceptSequence sequence, double[][] predicted) =>
        [.. Enumerable.Range(0, sequence.Length).Select(t => Math.Log(predicted[t][sequence.Responses[t]]))];

    /// <summary>The means over sequences of T·regret, [T].</summary>
    public static double[] Mean(IReadOnlyList<double[]> regrets) =>
        [.. Enumerable.Range(0, regrets[0].Length).Select(t => regrets.Average(r => r[t]))];
}
