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

    private static double[] Wide(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), v => (double)v);
}
