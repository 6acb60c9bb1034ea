using System.Text.Json;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Methods.Retrieval;

[Trait("Category", "Goldens")]
public class VectorGoldenTests
{
    private const double Exact = 1e-9;

    private static void ForEach(Action<JsonElement, PointSet, double[][]> check)
    {
        _ = TestFolders.Fixture("retrieval/vectors.json");
        foreach (var file in TestFolders.AllFixtures("retrieval/vectors.json").Select(Read))
            check(file, PointSet.Of(Rows(file.GetProperty("points"))), Rows(file.GetProperty("queries")));
    }

    [SkippableTheory]
    [InlineData("cosine", SimilarityMeasure.Cosine, "scores", 1)]
    [InlineData("euclidean", SimilarityMeasure.Euclidean, "distances", -1)]
    [InlineData("inner_product", SimilarityMeasure.InnerProduct, "", 1)]
    public void Nearest_Queries_AreTheReferences(string name, SimilarityMeasure measure, string values, int sign) => ForEach((file, points, queries) =>
    {
        var golden = file.GetProperty("nearest").GetProperty(name);
        var neighbours = new NearestNeighbours(points, measure);
        for (var q = 0; q < queries.Length; q++)
        {
            var found = neighbours.Nearest(queries[q], file.GetProperty("nearest").GetProperty("k").GetInt32());
            Assert.Equal(Ints(golden.GetProperty("indices")[q]), found);
            var scores = neighbours.Scores(queries[q]);
            if (values.Length > 0)
                Near(Numbers(golden.GetProperty(values)[q]), [.. found.Select(i => sign * scores[i])], Exact, Exact, $"query {q}");
        }
    });

    [SkippableFact]
    public void KMeans_FromGivenCentres_EndsAsTheReference() => ForEach((file, points, _) =>
    {
        var golden = file.GetProperty("kmeans");
        var once = KMeans.Fit(points, Rows(golden.GetProperty("initial")), mostIterations: 1);
        Near(Numbers(golden.GetProperty("after_one_iteration").GetProperty("centres")), [.. once.Centres.SelectMany(c => c)], Exact, Exact, "centres after one");
        var fitted = KMeans.Fit(points, Rows(golden.GetProperty("initial")));
        Assert.Equal(Ints(golden.GetProperty("labels")), fitted.Labels);
        Near(Numbers(golden.GetProperty("centres")), [.. fitted.Centres.SelectMany(c => c)], Exact, Exact, "centres");
        Near([golden.GetProperty("inertia").GetDouble()], [fitted.Inertia], Exact, 0, "inertia");
        Assert.Equal(golden.GetProperty("iterations").GetInt32(), fitted.Iterations);
    });

    [SkippableFact]
    public void KCenter_FarthestFirst_ChoosesAsTheReference() => ForEach((file, points, _) =>
    {
        foreach (var golden in file.GetProperty("k_center").EnumerateArray())
        {
            var chosen = KCenter.Choose(points, golden.GetProperty("first").GetInt32(), golden.GetProperty("k").GetInt32());
            Assert.Equal(Ints(golden.GetProperty("chosen")), chosen.Chosen);
            // The reference gives radii from the second choice on.
            Near(Numbers(golden.GetProperty("radius_after")), chosen.Radii.AsSpan(1), Exact, 0, "radius");
        }
    });

    [SkippableFact]
    public void DeterminantalSelection_ThreeKernels_ChoosesAsTheReference() => ForEach((file, points, _) =>
    {
        foreach (var golden in file.GetProperty("dpp").EnumerateArray())
        {
            var chosen = DeterminantalSelection.Choose(Kernel(points, golden), golden.GetProperty("k").GetInt32());
            Assert.Equal(Ints(golden.GetProperty("chosen")), chosen.Chosen);
            Near(Numbers(golden.GetProperty("log_gains")), chosen.LogGains, Exact, Exact, "gains");
        }
    });

    private static double[][] Kernel(PointSet points, JsonElement golden)
    {
        var quality = golden.TryGetProperty("quality", out var q) ? Numbers(q) : [.. Enumerable.Repeat(1.0, points.Count)];
        var inner = golden.GetProperty("kernel").GetString()!.StartsWith("inner", StringComparison.Ordinal);
        return [.. Enumerable.Range(0, points.Count).Select(i => Enumerable.Range(0, points.Count).Select(j =>
            inner ? VectorMeasures.Dot(points[i], points[j]) : quality[i] * quality[j] * Math.Exp(-VectorMeasures.SquaredDistance(points[i], points[j]) / 20)).ToArray())];
    }

    [SkippableFact]
    public void MaximalMarginalRelevance_EveryWeight_ChoosesAsTheReference() => ForEach((file, points, queries) =>
    {
        foreach (var golden in file.GetProperty("mmr").EnumerateArray())
        {
            var chosen = MaximalMarginalRelevance.Choose(points, queries[golden.GetProperty("query").GetInt32()], golden.GetProperty("weight").GetDouble(), golden.GetProperty("k").GetInt32());
            Assert.Equal(Ints(golden.GetProperty("chosen")), chosen.Chosen);
            Near(Numbers(golden.GetProperty("scores")), chosen.Scores, Exact, Exact, "scores");
        }
    });

    [SkippableFact]
    public void FacilityLocation_Points_ChoosesAsTheReference() => ForEach((file, points, _) =>
    {
        var golden = file.GetProperty("facility_location");
        var chosen = FacilityLocation.Choose(points, golden.GetProperty("k").GetInt32());
        Assert.Equal(Ints(golden.GetProperty("chosen")), chosen.Chosen);
        Near(Numbers(golden.GetProperty("value_after")), chosen.Values, Exact, 0, "value");
    });

    [SkippableFact]
    public void PrincipalComponents_Points_AreTheReferencesUpToSign() => ForEach((file, points, queries) =>
    {
        var golden = file.GetProperty("pca");
        var expected = Rows(golden.GetProperty("components"));
        var pca = PrincipalComponents.Fit(points, expected.Length);
        Near(Numbers(golden.GetProperty("mean")), pca.Mean, Exact, Exact, "mean");
        Near(Numbers(golden.GetProperty("explained_variance")), pca.Variances, Exact, 0, "variance");
        Near(Numbers(golden.GetProperty("explained_variance_ratio")), pca.Ratios, Exact, 0, "ratio");
        var signs = expected.Select((c, i) => (double)Math.Sign(VectorMeasures.Dot(c, pca.Components[i]))).ToArray();
        for (var c = 0; c < expected.Length; c++)
            Near(expected[c], Array.ConvertAll(pca.Components[c], x => x * signs[c]), Exact, Exact, $"component {c}");
        for (var q = 0; q < queries.Length; q++)
        {
            Near(Numbers(golden.GetProperty("projected_queries")[q]), [.. pca.Project(queries[q]).Zip(signs, (a, b) => a * b)], Exact, Exact, $"projection {q}");
            Near(Numbers(golden.GetProperty("whitened_queries")[q]), [.. pca.Project(queries[q], whiten: true).Zip(signs, (a, b) => a * b)], Exact, Exact, $"whitened {q}");
            Near(Numbers(golden.GetProperty("reconstructed_queries")[q]), pca.Reconstruct(pca.Project(queries[q])), Exact, Exact, $"reconstruction {q}");
        }
    });
}
