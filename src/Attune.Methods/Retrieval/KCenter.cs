namespace Attune.Methods.Retrieval;

/// <summary>
/// Farthest-first choice (Gonzalez 1985): each next point is the one farthest from those chosen, at most twice the best possible radius.
/// </summary>
/// <param name="Chosen">Indices in the order of choice.</param>
/// <param name="Radii">After each choice, the largest distance of a point to the nearest chosen one.</param>
public sealed record KCenter(int[] Chosen, double[] Radii)
{
    /// <summary>Chooses <paramref name="count"/> points, the first being <paramref name="first"/>.</summary>
    public static KCenter Choose(PointSet points, int first, int count)
    {
        count = Math.Min(count, points.Count);
        var distances = new double[points.Count];
        Array.Fill(distances, double.PositiveInfinity);
        var taken = new bool[points.Count];
        var (chosen, radii) = (new int[count], new double[count]);
        for (var n = 0; n < count; n++)
        {
            chosen[n] = n == 0 ? first : Ranking.Best(distances, taken);
            taken[chosen[n]] = true;
            for (var i = 0; i < distances.Length; i++)
                distances[i] = Math.Min(distances[i], Math.Sqrt(VectorMeasures.SquaredDistance(points[i], points[chosen[n]])));
            radii[n] = distances.Max();
        }
        return new KCenter(chosen, radii);
    }
}
