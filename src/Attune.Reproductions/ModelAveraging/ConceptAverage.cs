namespace Attune.Reproductions.ModelAveraging;

/// <summary>
/// Exact Bayesian model averaging over a <see cref="ConceptPool"/>: P(r | c, S_t) = Σ_z P(r | c, z)·P(z | S_t) (arXiv 2305.19420, proposition 4.1).
/// </summary>
internal sealed class ConceptAverage(ConceptPool pool)
{
    private readonly double[] logs = [.. Enumerable.Range(0, pool.Count).Select(z => Math.Log(pool.Prior(z)))];

    /// <summary>P(z | S_t), [|Z|]; computed through logarithms.</summary>
    public double[] Posterior() => LogWeights.Normalised(logs);

    /// <summary>P(r | c, S_t), [|R|].</summary>
    public double[] Predict(int covariate)
    {
        var (posterior, result) = (Posterior(), new double[pool.Responses]);
        for (var z = 0; z < posterior.Length; z++)
            for (var r = 0; r < result.Length; r++)
                result[r] += posterior[z] * pool.Probability(z, covariate, r);
        return result;
    }

    /// <summary>Takes in one pair.</summary>
    public void Observe(int covariate, int response)
    {
        for (var z = 0; z < logs.Length; z++)
            logs[z] += pool.Log(z, covariate, response);
    }

    /// <summary>The predictive distribution before each response of a sequence, [T][|R|].</summary>
    public static double[][] Along(ConceptPool pool, ConceptSequence sequence)
    {
        var average = new ConceptAverage(pool);
        var result = new double[sequence.Length][];
        for (var t = 0; t < result.Length; t++)
        {
            result[t] = average.Predict(sequence.Covariates[t]);
            average.Observe(sequence.Covariates[t], sequence.Responses[t]);
        }
        return result;
    }
}
