using Attune.Methods.Retrieval;
using Attune.Tensors;

namespace Attune.Tests.Methods.Retrieval;

public class SelectionTests
{
    private static PointSet Line(params double[] values) => PointSet.Of([.. values.Select(v => new[] { v })]);

    /// <summary>Two alike, one at a right angle, one zero.</summary>
    private static readonly PointSet Plane = PointSet.Of([[1, 0], [2.0, 0], [0, 1], [0, 0]]);

    [Fact]
    public void Nearest_Ties_GoToTheLowerIndex()
    {
        Assert.Equal([0, 1, 2, 3], new NearestNeighbours(Plane).Nearest([3.0, 0], 4));
        Assert.Equal([1, 0, 2], new NearestNeighbours(Plane, SimilarityMeasure.InnerProduct).Nearest([3.0, 0], 3));
        Assert.Equal([0, 2, 3, 1], new NearestNeighbours(Plane, SimilarityMeasure.Euclidean).Nearest([0.6f, 0.6f], 9));
    }

    [Fact]
    public void Scores_ZeroVector_IsNotNaN() => Assert.Equal([0.0, 0, 0, 0], new NearestNeighbours(Plane).Scores([0, 0]));

    [Fact]
    public void Scores_OtherDimension_IsRefused() =>
        Assert.Contains("3 values, the points have 2", Assert.Throws<ArgumentException>(() => new NearestNeighbours(Plane).Scores([1, 2, 3])).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_RaggedOrNotFinite_IsRefused()
    {
        Assert.Contains("point 1 has 1 values", Assert.Throws<ArgumentException>(() => PointSet.Of([[1.0, 2], [1.0]])).Message, StringComparison.Ordinal);
        Assert.Contains("point 0", Assert.Throws<ArgumentException>(() => PointSet.Of([[float.NaN]])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_Chosen_AreInThatOrder() => Assert.Equal([0, 1, 1, 0], Plane.Rows([2, 0]).Values.ToArray());

    [Fact]
    public void KMeans_TwoGroups_AreFoundFromAnySeed()
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            var fitted = KMeans.Fit(Line(0, 1, 10, 11), 2, new SeededRandom(seed));
            Assert.Equal([0.5, 10.5], fitted.Centres.Select(c => c[0]).Order());
            Assert.Equal(1, fitted.Inertia, 12);
            Assert.True(fitted.Labels[0] == fitted.Labels[1] && fitted.Labels[2] == fitted.Labels[3] && fitted.Labels[0] != fitted.Labels[2]);
        }
    }

    [Fact]
    public void KMeans_AllPointsEqual_Ends() => Assert.Equal(0, KMeans.Fit(Line(2, 2, 2), 2, new SeededRandom(1)).Inertia);

    [Fact]
    public void KMeans_MoreClustersThanPoints_SaysSo() =>
        Assert.Contains("3 clusters", Assert.Throws<AttuneException>(() => KMeans.Fit(Line(1, 2), 3, new SeededRandom(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void KCenter_Line_TakesTheFarthest()
    {
        var chosen = KCenter.Choose(Line(0, 1, 10, 6), 0, 3);
        Assert.Equal([0, 2, 3], chosen.Chosen);
        Assert.Equal([10, 4, 1], chosen.Radii);
    }

    [Fact]
    public void DeterminantalSelection_RankOne_StopsAfterOne()
    {
        var chosen = DeterminantalSelection.Choose([[1, 2], [2, 4.0]], 2);
        Assert.Equal([1], chosen.Chosen);
        Assert.Equal(Math.Log(4), chosen.LogGains[0], 12);
    }

    [Fact]
    public void DeterminantalSelection_Gains_AddToTheLogDeterminant()
    {
        // det [[3, 1], [1, 2]] = 5.
        var chosen = DeterminantalSelection.Choose([[3, 1], [1, 2.0]], 2);
        Assert.Equal([0, 1], chosen.Chosen);
        Assert.Equal(Math.Log(5), chosen.LogGains.Sum(), 12);
    }

    [Fact]
    public void MaximalMarginalRelevance_HalfWeight_AvoidsTheAlike()
    {
        Assert.Equal([0, 2], MaximalMarginalRelevance.Choose(Plane, [1, 0.1], 0.5, 2).Chosen);
        Assert.Equal([0, 1], MaximalMarginalRelevance.Choose(Plane, [1, 0.1], 1, 2).Chosen);
    }

    [Fact]
    public void FacilityLocation_TwoDirections_CoversBoth()
    {
        var chosen = FacilityLocation.Choose(Plane, 2);
        Assert.Equal([0, 2], chosen.Chosen);
        Assert.Equal([2, 3], chosen.Values);
    }
}
