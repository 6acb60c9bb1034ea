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
        var (split, prediction) = Twins(random);
        context.Check("two identical concepts share the posterior evenly", split, 1e-14);
        context.Check("two identical concepts predict as one of doubled prior", prediction, 1e-12);
        context.Check("T·regret ends at ln |Z| − ln of the number of concepts with the winning table", Saturation(random), 1e-9);
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

    /// <summary>Of a pool in which the first of two concepts stands twice: how unevenly the two share the posterior, and how far predictions are from the pool in which it stands once with doubled prior.</summary>
    internal static (double Split, double Prediction) Twins(SeededRandom random)
    {
        var drawn = ConceptPool.Draw(2, 4, 3, random);
        ConceptAverage twice = new(Tables(drawn, 0, 0, 1)), once = new(Tables(drawn, [2.0 / 3, 1.0 / 3], 0, 1));
        var (sequence, largest) = (drawn.Sample(12, random), 0.0);
        for (var t = 0; t < sequence.Length; t++)
        {
            twice.Observe(sequence.Covariates[t], sequence.Responses[t]);
            once.Observe(sequence.Covariates[t], sequence.Responses[t]);
            largest = Math.Max(largest, twice.Predict(0).Zip(once.Predict(0), (a, b) => Math.Abs(a - b)).Max());
        }
        var posterior = twice.Posterior();
        return (Math.Abs(posterior[0] - posterior[1]), largest);
    }

    /// <summary>Of four concepts the first two are one; on a long sequence of it T·regret must end at ln 4 − ln 2.</summary>
    internal static double Saturation(SeededRandom random)
    {
        var drawn = ConceptPool.Draw(3, 4, 3, random);
        var pool = Tables(drawn, 0, 0, 1, 2);
        var sequence = Tables(drawn, 0).Sample(2_000, random);
        return Math.Abs(Regret.Along(pool, sequence, Regret.Logs(sequence, ConceptAverage.Along(pool, sequence)))[^1] - Math.Log(2));
    }

    /// <summary>By how many standard errors of the difference of two simulations T·regret lies from the known one, at the worst T, its rounding aside.</summary>
    internal static double KnownSimulation(IReadOnlyList<ExactRegret> exact, int sequences) => ExactRegret.Known.Max(known =>
    {
        const double rounding = 0.0005;
        var (mean, deviation) = (exact.Average(e => e.Mean[known.Time - 1]), exact.Average(e => e.Deviation[known.Time - 1]));
        return (Math.Abs(mean - known.Total) - rounding) / (deviation * Math.Sqrt(1.0 / (exact.Count * sequences) + 1.0 / ExactRegret.KnownSequences));
    });

    private static ConceptPool Tables(ConceptPool of, params int[] concepts) => Tables(of, null, concepts);

    /// <summary>A pool of concepts of another, in the order given; one may stand there several times.</summary>
    private static ConceptPool Tables(ConceptPool of, double[]? prior, params int[] concepts)
    {
        var tables = new double[concepts.Length, of.Covariates, of.Responses];
        for (var z = 0; z < concepts.Length; z++)
            for (var c = 0; c < of.Covariates; c++)
                for (var r = 0; r < of.Responses; r++)
                    tables[z, c, r] = of.Probability(concepts[z], c, r);
        return new ConceptPool(tables, prior);
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
