namespace Attune.Methods.Retrieval;

/// <summary>
/// Greedy choice of points that stand for all: each next one adds most to Σᵢ max over chosen j of max(cos(i, j), 0),
/// which reaches at least 1 − 1/e of the best value (Nemhauser et al. 1978).
/// </summary>
/// <param name="Chosen">Indices in the order of choice.</param>
/// <param name="Values">The sum after each choice.</param>
public sealed record FacilityLocation(int[] Chosen, double[] Values)
{
    public static FacilityLocation Choose(PointSet points, int count)
    {
        var likeness = Likeness(points);
        var covered = new double[points.Count];
        var taken = new bool[points.Count];
        var (chosen, values) = (new List<int>(), new List<double>());
        while (chosen.Count < Math.Min(count, points.Count))
        {
            var gains = likeness.Select(row => row.Zip(covered, (a, b) => Math.Max(0, a - b)).Sum()).ToArray();
            var best = Ranking.Best(gains, taken);
            taken[best] = true;
            for (var i = 0; i < covered.Length; i++)
                covered[i] = Math.Max(covered[i], likeness[best][i]);
            chosen.Add(best);
            values.Add(covered.Sum());
        }
        return new FacilityLocation([.. chosen], [.. values]);
    }

    /// <summary>max(cos, 0), [n][n].</summary>
    private static double[][] Likeness(PointSet points)
    {
        var neighbours = new NearestNeighbours(points);
        var rows = new double[points.Count][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = Array.ConvertAll(neighbours.Scores(points[i]), s => Math.Max(0, s));
        return rows;
    }
}
