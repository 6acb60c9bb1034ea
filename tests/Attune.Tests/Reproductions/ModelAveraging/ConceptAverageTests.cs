using Attune.Reproductions.ModelAveraging;
using Attune.Tensors;

namespace Attune.Tests.Reproductions.ModelAveraging;

public sealed class ConceptAverageTests
{
    /// <summary>Two coins, 0.9 and 0.5, over one covariate.</summary>
    private static readonly ConceptPool Coins = new(new[,,] { { { 0.9, 0.1 } }, { { 0.5, 0.5 } } });

    [Fact]
    public void Predict_TwoCoins_FollowsBayesRule()
    {
        var average = new ConceptAverage(Coins);
        Assert.Equal(0.7, average.Predict(0)[0], 12);
        average.Observe(0, 0);
        Assert.Equal(0.9 / 1.4, average.Posterior()[0], 12);
        Assert.Equal((0.9 * 0.9 + 0.5 * 0.5) / 1.4, average.Predict(0)[0], 12);
    }

    [Fact]
    public void Predictives_AlongASequence_MultiplyToTheMarginalLikelihood()
    {
        var pool = ConceptPool.Draw(16, 5, 3, new SeededRandom(1));
        var sequence = pool.Sample(40, new SeededRandom(2));
        var direct = Enumerable.Range(0, 16).Sum(z => Enumerable.Range(0, 40).Aggregate(1.0 / 16, (p, t) => p * pool.Probability(z, sequence.Covariates[t], sequence.Responses[t])));
        Assert.Equal(Math.Log(direct), Regret.Logs(sequence, ConceptAverage.Along(pool, sequence)).Sum(), 1e-10);
    }

    [Fact]
    public void Posterior_IdenticalConcepts_SplitsEvenlyAndPredictsAsOneOfDoubledPrior()
    {
        var twice = new ConceptPool(new[,,] { { { 0.9, 0.1 } }, { { 0.9, 0.1 } }, { { 0.5, 0.5 } } });
        var once = new ConceptPool(new[,,] { { { 0.9, 0.1 } }, { { 0.5, 0.5 } } }, [2.0 / 3, 1.0 / 3]);
        ConceptAverage a = new(twice), b = new(once);
        foreach (var r in new[] { 0, 0, 1, 0 })
        {
            a.Observe(0, r);
            b.Observe(0, r);
            Assert.Equal(a.Posterior()[0], a.Posterior()[1], 15);
            Assert.Equal(b.Predict(0)[0], a.Predict(0)[0], 14);
        }
    }

    [Fact]
    public void Regret_OneConcept_IsZero()
    {
        var pool = ConceptPool.Draw(1, 3, 4, new SeededRandom(1));
        var sequence = pool.Sample(20, new SeededRandom(2));
        Assert.All(Regret.Along(pool, sequence, Regret.Logs(sequence, ConceptAverage.Along(pool, sequence))), r => Assert.Equal(0, r, 1e-12));
    }

    /// <summary>32 concepts, 8 covariates, 4 responses: figures of another program's simulation of 8,000 sequences, each with a pool of its own.</summary>
    [Fact]
    public void Regret_ThirtyTwoConcepts_IsThatOfTheKnownSimulation()
    {
        const int sequences = 2000;
        var random = new SeededRandom(42);
        var regrets = new List<double[]>();
        for (var i = 0; i < sequences; i++)
        {
            var pool = ConceptPool.Draw(32, 8, 4, random);
            var sequence = pool.Sample(32, random);
            regrets.Add(Regret.Along(pool, sequence, Regret.Logs(sequence, ConceptAverage.Along(pool, sequence))));
        }
        Assert.All(regrets, r => Assert.All(r, v => Assert.InRange(v, -1e-12, Math.Log(32) + 1e-12)));
        var mean = Regret.Mean(regrets);
        foreach (var (time, expected) in new[] { (1, 1.047), (4, 2.149), (8, 2.735), (16, 3.213), (32, 3.432) })
        {
            // Both are means of simulations: three standard errors of their difference.
            var error = Math.Sqrt(regrets.Average(r => Math.Pow(r[time - 1] - mean[time - 1], 2)) / sequences * 1.25);
            Assert.InRange(mean[time - 1], expected - 3 * error - 0.0005, expected + 3 * error + 0.0005);
        }
        Assert.InRange(Line.LogLog(mean, 8, 32).Slope, -0.86, -0.80);
    }

    [Fact]
    public void AgainstTruth_OnAverage_IsBelowAgainstBest()
    {
        var sequence = new ConceptSequence(0, [0], [1]);
        double[] logs = [Math.Log(0.3)];
        Assert.Equal(Math.Log(0.5 / 0.3), Regret.Along(Coins, sequence, logs)[0], 12);
        Assert.Equal(Math.Log(0.1 / 0.3), Regret.AgainstTruth(Coins, sequence, logs)[0], 12);
    }
}
