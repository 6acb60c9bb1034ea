using System.Text.Json;
using Attune.Methods.Learners;
using Attune.Methods.Retrieval;
using static Attune.Tests.GoldenJson;

namespace Attune.Tests.Methods.Learners;

[Trait("Category", "Goldens")]
public class LearnerGoldenTests
{
    private const string File = "retrieval/learners.json";

    private static string NameOf(JsonElement c) => $"{c.GetProperty("model").GetString()}/{c.GetProperty("name").GetString()}";

    public static TheoryData<string> All() => Names(File, "cases", NameOf);

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void Fit_GoldenPoints_PredictsAsTheReference(string name)
    {
        var golden = Case(File, "cases", name, NameOf);
        var file = TestFolders.AllFixtures(File).Select(Read).First(f => f.GetProperty("cases").EnumerateArray().Any(c => NameOf(c) == name));
        var (points, queries) = (PointSet.Of(Rows(file.GetProperty("points"))), Rows(file.GetProperty("queries")));
        switch (golden.GetProperty("model").GetString())
        {
            case "logistic_regression":
                Logistic(golden, points, queries);
                break;
            case "ridge":
                Ridge(golden, points, queries);
                break;
            case "gaussian_naive_bayes":
                NaiveBayes(golden, points, queries);
                break;
            case "lda":
                Discriminant(golden, points, queries);
                break;
            case "linear_svm":
                SupportVectors(golden, points, queries);
                break;
            default:
                throw new SkipException($"there is no learner for '{name}'");
        }
    }

    private static void Logistic(JsonElement golden, PointSet points, double[][] queries)
    {
        var labels = Ints(golden.GetProperty("labels"));
        var options = new LogisticRegressionOptions
        {
            C = golden.GetProperty("C").GetDouble(), Intercept = golden.GetProperty("intercept").GetBoolean(), Balanced = golden.TryGetProperty("class_weight", out _),
        };
        var fitted = LogisticRegression.Fit(points, labels, labels.Max() + 1, options);
        Near(Numbers(golden.GetProperty("weights")), Wide(fitted.Weights), 1e-4, 1e-4, "weights");
        Near(Numbers(golden.GetProperty("bias")), Wide(fitted.Bias), 1e-4, 1e-4, "bias");
        for (var q = 0; q < queries.Length; q++)
            Near(Numbers(golden.GetProperty("probabilities")[q]), fitted.Probabilities(queries[q]), 1e-4, 1e-6, $"query {q}");
    }

    private static void Ridge(JsonElement golden, PointSet points, double[][] queries)
    {
        var fitted = RidgeRegression.Fit(points, Numbers(golden.GetProperty("targets")), golden.GetProperty("alpha").GetDouble(), golden.GetProperty("intercept").GetBoolean());
        Near(Numbers(golden.GetProperty("weights")), fitted.Weights, 1e-9, 1e-9, "weights");
        Near([golden.GetProperty("bias").GetDouble()], [fitted.Bias], 1e-9, 1e-9, "bias");
        Near(Numbers(golden.GetProperty("predicted")), [.. queries.Select(q => fitted.Predict(q))], 1e-9, 0, "predicted");
    }

    private static void NaiveBayes(JsonElement golden, PointSet points, double[][] queries)
    {
        var labels = Ints(golden.GetProperty("labels"));
        var fitted = GaussianNaiveBayes.Fit(points, labels, labels.Max() + 1, golden.GetProperty("var_smoothing").GetDouble());
        Near(Numbers(golden.GetProperty("priors")), [.. fitted.Priors], 1e-9, 0, "priors");
        Near(Numbers(golden.GetProperty("means")), [.. fitted.Means.SelectMany(m => m)], 1e-9, 1e-12, "means");
        for (var q = 0; q < queries.Length; q++)
            Near(Numbers(golden.GetProperty("probabilities")[q]), fitted.Probabilities(queries[q]), 1e-9, 1e-12, $"query {q}");
    }

    private static void Discriminant(JsonElement golden, PointSet points, double[][] queries)
    {
        var labels = Ints(golden.GetProperty("labels"));
        var shrinkage = !golden.TryGetProperty("shrinkage", out var share) ? Shrinkage.None : share.ValueKind == JsonValueKind.Number ? Shrinkage.Fixed : Shrinkage.LedoitWolf;
        var fitted = LinearDiscriminant.Fit(points, labels, labels.Max() + 1, shrinkage, shrinkage == Shrinkage.Fixed ? share.GetDouble() : 0);
        Near(Numbers(golden.GetProperty("priors")), [.. fitted.Priors], 1e-9, 0, "priors");
        Near(Numbers(golden.GetProperty("means")), [.. fitted.Means.SelectMany(m => m)], 1e-9, 1e-12, "means");
        for (var q = 0; q < queries.Length; q++)
            Near(Numbers(golden.GetProperty("probabilities")[q]), fitted.Probabilities(queries[q]), 1e-9, 1e-12, $"query {q}");
    }

    private static void SupportVectors(JsonElement golden, PointSet points, double[][] queries)
    {
        var fitted = SupportVectorMachine.Fit(points, Ints(golden.GetProperty("labels")), golden.GetProperty("C").GetDouble(), golden.GetProperty("loss").GetString() == "squared_hinge");
        Near(Numbers(golden.GetProperty("weights")), fitted.Weights, 1e-4, 1e-4, "weights");
        Near(Numbers(golden.GetProperty("bias")), [fitted.Bias], 1e-4, 1e-4, "bias");
        Near(Numbers(golden.GetProperty("decision")), [.. queries.Select(q => fitted.Decision(q))], 1e-4, 1e-4, "decision");
    }

    private static double[] Wide(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), v => (double)v);
}
