namespace Attune.Methods.Retrieval;

/// <summary>
/// Choice of points near a query that are unlike each other (Carbonell and Goldstein 1998): each next point has the largest
/// λ·cos(query, i) − (1 − λ)·max over chosen j of cos(i, j).
/// </summary>
/// <param name="Chosen">Indices in the order of choice.</param>
/// <param name="Scores">The value with which each was chosen.</param>
public sealed record MaximalMarginalRelevance(int[] Chosen, double[] Scores)
{
    /// <param name="weight">λ from 0 (unlike each other) to 1 (near the query).</param>
    public static MaximalMarginalRelevance Choose(PointSet points, ReadOnlySpan<double> query, double weight, int count)
    {
        var neighbours = new NearestNeighbours(points);
        var relevance = neighbours.Scores(query);
        var nearest = new double[points.Count];
        Array.Fill(nearest, double.NegativeInfinity);
        var taken = new bool[points.Count];
        var values = relevance.Select(r => weight * r).ToArray();
        var (chosen, scores) = (new List<int>(), new List<double>());
        while (chosen.Count < Math.Min(count, points.Count))
        {
            var best = Ranking.Best(values, taken);
            taken[best] = true;
            chosen.Add(best);
            scores.Add(values[best]);
            var likeness = neighbours.Scores(points[best]);
            for (var i = 0; i < values.Length; i++)
            {
                nearest[i] = Math.Max(nearest[i], likeness[i]);
                values[i] = weight * relevance[i] - (1 - weight) * nearest[i];
            }
        }
        return new MaximalMarginalRelevance([.. chosen], [.. scores]);
    }
}
