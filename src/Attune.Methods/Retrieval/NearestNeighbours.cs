namespace Attune.Methods.Retrieval;

/// <summary>Exact nearest neighbours by comparing with every point. Ties go to the lower index.</summary>
public sealed class NearestNeighbours(PointSet points, SimilarityMeasure measure = SimilarityMeasure.Cosine)
{
    private readonly double[] lengths = measure == SimilarityMeasure.Cosine ? Lengths(points) : [];

    /// <summary>Similarity to every point; with <see cref="SimilarityMeasure.Euclidean"/> the negative distance.</summary>
    public double[] Scores(ReadOnlySpan<double> query)
    {
        if (query.Length != points.Dimension)
            throw new ArgumentException($"the query has {query.Length} values, the points have {points.Dimension}");
        var scores = new double[points.Count];
        var length = VectorMeasures.Length(query);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = measure switch
            {
                SimilarityMeasure.Cosine => lengths[i] * length is var both && both == 0 ? 0 : VectorMeasures.Dot(points[i], query) / both,
                SimilarityMeasure.Euclidean => -Math.Sqrt(VectorMeasures.SquaredDistance(points[i], query)),
                _ => VectorMeasures.Dot(points[i], query),
            };
        return scores;
    }

    /// <summary>The <paramref name="count"/> nearest points, nearest first.</summary>
    public int[] Nearest(ReadOnlySpan<double> query, int count) => Ranking.Top(Scores(query), count);

    /// <inheritdoc cref="Nearest(ReadOnlySpan{double}, int)"/>
    public int[] Nearest(ReadOnlySpan<float> query, int count)
    {
        var wide = new double[query.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = query[i];
        return Nearest(wide, count);
    }

    private static double[] Lengths(PointSet points)
    {
        var lengths = new double[points.Count];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = VectorMeasures.Length(points[i]);
        return lengths;
    }
}
