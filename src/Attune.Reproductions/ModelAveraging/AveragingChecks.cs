using Attune.Tensors;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>What must hold of exact averaging at any scale; each returns an error.</summary>
internal static class AveragingChecks
{
    public static void Add(ReproductionContext context)
    {
        var random = context.Random(0, "checks");
        context.Check("predictions along a sequence multiply to its marginal likelihood", ChainRule(random), 1e-10);
        context.Check("regret of one concept is 0", OneConcept(random), 1e-12);
        context.Check("two identical concepts share the posterior evenly", Twins(random), 1e-14);
        context.Check("regression over a pool: T·regret above ln |Z| or below 0", RegressionBound(random), 1e-9);
        context.Check("ridge attention over orthonormal keys returns the stored value", RidgeRecall(), 1e-9);
        context.Check("softmax attention of low temperature returns the stored value", SoftmaxRecall(), 1e-9);
    }

    internal static double ChainRule(SeededRandom random)
    {
        var pool = ConceptPool.Draw(16, 5, 3, random);
        var sequence = pool.Sample(24, random);
        var direct = Enumerable.Range(0, pool.Count).Sum(z => pool.Prior(z) * Enumerable.Range(0, sequence.Length).Aggregate(1.0, (p, t) => p * pool.Probability(z, sequence.Covariates[t], sequence.Responses[t])));
        return Math.Abs(Math.Log(direct) - Regret.Logs(sequence, ConceptAverage.Along(pool, sequence)).Sum());
    }

    internal static double OneConcept(SeededRandom random)
    {
        var pool = ConceptPool.Draw(1, 4, 4, random);
        var sequence = pool.Sample(24, random);
        return Regret.Along(pool, sequence, Regret.Logs(sequence, ConceptAverage.Along(pool, sequence))).Max(Math.Abs);
    }

    internal static double Twins(SeededRandom random)
    {
        var one = ConceptPool.Draw(2, 4, 3, random);
        var tables = new double[3, 4, 3];
        for (var z = 0; z < 3; z++)
            for (var c = 0; c < 4; c++)
                for (var r = 0; r < 3; r++)
                    tables[z, c, r] = one.Probability(z / 2, c, r);
        var average = new ConceptAverage(new ConceptPool(tables));
        var sequence = one.Sample(12, random);
        for (var t = 0; t < sequence.Length; t++)
            average.Observe(sequence.Covariates[t], sequence.Responses[t]);
        var posterior = average.Posterior();
        return Math.Abs(posterior[0] - posterior[1]);
    }

    /// <summary>How far T·regret leaves [0, ln |Z|] on sequences of regression with normal noise.</summary>
    internal static double RegressionBound(SeededRandom random)
    {
        const int concepts = 16;
        var pool = RegressionPool.Draw(concepts, 3, 0.25, random);
        return Enumerable.Range(0, 100).SelectMany(_ => pool.DrawRegret(16, random)).Max(r => Math.Max(-r, r - Math.Log(concepts)));
    }

    internal static double RidgeRecall()
    {
        var (keys, values) = Orthonormal();
        return Enumerable.Range(0, values.Length).Max(i => Math.Abs(AttentionAverage.Ridge(keys, values, keys[i], AttentionAverage.Inner, 1e-12) - values[i]));
    }

    internal static double SoftmaxRecall()
    {
        var (keys, values) = Orthonormal();
        return Enumerable.Range(0, values.Length).Max(i => Math.Abs(AttentionAverage.Softmax(keys, values, keys[i], 0.01) - values[i]));
    }

    /// <summary>Four keys, the rows of a Hadamard matrix over 2, and their values.</summary>
    private static (double[][] Keys, double[] Values) Orthonormal() =>
        ([[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5], [0.5, -0.5, -0.5, 0.5]], [3, -1, 0.25, 7]);
}
