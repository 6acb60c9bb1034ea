using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>
/// The budget of ranks (Zhang et al. 2023, section 3.3): importance of an entry is the product of the smoothed |w·∂L/∂w| and of its smoothed fluctuation; a triplet's is that of its
/// singular value plus the means over its vectors. The number of triplets that stay falls by the cube of the time left.
/// </summary>
internal sealed class AdaLoraAllocation(IReadOnlyList<AdaLoraTriplets> triplets, int targetRank, int steps)
{
    private const double Beta = 0.85;

    private readonly Dictionary<Parameter, (double[] Mean, double[] Spread)> seen = [];
    private readonly int start = triplets.Sum(t => t.E.Rows), end = Math.Min(targetRank * triplets.Count, triplets.Sum(t => t.E.Rows));
    private HashSet<(int Map, int Rank)> masked = [];
    private int step;

    /// <summary>After a backward pass: importances, and at times another mask.</summary>
    public void Observe()
    {
        step++;
        foreach (var parameter in triplets.SelectMany(t => new[] { t.A, t.E, t.B }))
            Observe(parameter);
        var budget = Budget();
        if (budget >= start)
            return;
        masked = [.. triplets.SelectMany((t, map) => Enumerable.Range(0, t.E.Rows).Select(rank => (map, rank, score: Score(t, rank))))
            .OrderBy(t => t.score).Take(start - budget).Select(t => (t.map, t.rank))];
    }

    /// <summary>Sets the singular values to 0 that are given up.</summary>
    public void Mask()
    {
        foreach (var (map, rank) in masked)
            triplets[map].E.Value.Span[rank] = 0;
    }

    /// <summary>All for the first tenth of the steps, the target for the last fifth, a cube between.</summary>
    private int Budget()
    {
        double first = steps / 10, last = steps - steps / 5;
        if (step <= first)
            return start;
        var left = step >= last ? 0 : 1 - (step - first) / (last - first);
        return (int)((start - end) * left * left * left + end);
    }

    private void Observe(Parameter parameter)
    {
        if (!seen.TryGetValue(parameter, out var s))
            seen.Add(parameter, s = (new double[parameter.Count], new double[parameter.Count]));
        var values = parameter.Value.Span;
        var gradient = parameter.Gradient.Span;
        for (var i = 0; i < values.Length; i++)
        {
            var importance = Math.Abs((double)values[i] * gradient[i]);
            s.Mean[i] = Beta * s.Mean[i] + (1 - Beta) * importance;
            s.Spread[i] = Beta * s.Spread[i] + (1 - Beta) * Math.Abs(importance - s.Mean[i]);
        }
    }

    private double Score(AdaLoraTriplets t, int rank)
    {
        var (a, e, b) = (seen[t.A], seen[t.E], seen[t.B]);
        var score = e.Mean[rank] * e.Spread[rank];
        for (var i = 0; i < t.A.Columns; i++)
            score += a.Mean[rank * t.A.Columns + i] * a.Spread[rank * t.A.Columns + i] / t.A.Columns;
        for (var i = 0; i < t.B.Rows; i++)
            score += b.Mean[i * t.B.Columns + rank] * b.Spread[i * t.B.Columns + rank] / t.B.Rows;
        return score;
    }
}
