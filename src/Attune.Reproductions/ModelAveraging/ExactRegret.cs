using Attune.Tensors;

namespace Attune.Reproductions.ModelAveraging;

/// <summary>T·regret of exact averaging over many sequences of the notes' setting: 32 concepts, 8 covariates, 4 responses, a pool of its own for each sequence.</summary>
/// <param name="Mean">T·regret against the best concept in hindsight, T = 1 …, mean over sequences.</param>
/// <param name="Deviation">Its standard deviation over sequences.</param>
/// <param name="TruthMean">The same against the concept that sequences came from.</param>
/// <param name="Largest">The largest of any sequence and T.</param>
/// <param name="Least">The least.</param>
internal sealed record ExactRegret(double[] Mean, double[] Deviation, double[] TruthMean, double Largest, double Least)
{
    public const int Concepts = 32, Covariates = 8, Responses = 4, Length = 32;

    /// <summary>Sequences of another program's simulation, each with a pool of its own as here, and its T·regret at T = 1, 4, 8, 16 and 32.</summary>
    public const int KnownSequences = 8_000;

    public static readonly (int Time, double Total)[] Known = [(1, 1.047), (4, 2.149), (8, 2.735), (16, 3.213), (32, 3.432)];

    public static ExactRegret Simulate(int sequences, SeededRandom random)
    {
        List<double[]> best = [], truth = [];
        for (var i = 0; i < sequences; i++)
        {
            var pool = ConceptPool.Draw(Concepts, Covariates, Responses, random);
            var sequence = pool.Sample(Length, random);
            var logs = Regret.Logs(sequence, ConceptAverage.Along(pool, sequence));
            best.Add(Regret.Along(pool, sequence, logs));
            truth.Add(Regret.AgainstTruth(pool, sequence, logs));
        }
        var mean = Regret.Mean(best);
        double[] deviation = [.. mean.Select((m, t) => Math.Sqrt(best.Average(r => (r[t] - m) * (r[t] - m))))];
        return new ExactRegret(mean, deviation, Regret.Mean(truth), best.Max(r => r.Max()), best.Min(r => r.Min()));
    }
}
