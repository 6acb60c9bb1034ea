using System.Text.Json;
using Attune.Tensors;

namespace Attune.Tests.Evaluation;

/// <summary>Every case of every metrics/cases.json that is there, by a table of metric name → function.</summary>
public sealed class MetricGoldenTests
{
    private const string None = "(no goldens)";

    private static readonly Dictionary<string, Func<JsonElement, object>> Functions =
        StatisticsTable.Functions.Concat(PredictionTable.Functions).Concat(TextTable.Functions).ToDictionary(StringComparer.Ordinal);

    private static readonly Lazy<ILookup<string, JsonElement>> Cases = new(() => TestFolders.AllFixtures("metrics/cases.json")
        .SelectMany(path => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("cases").EnumerateArray())
        .ToLookup(c => c.Text("metric"), StringComparer.Ordinal));

    public static TheoryData<string> Metrics => new(Cases.Value.Select(metric => metric.Key).DefaultIfEmpty(None));

    [SkippableTheory]
    [Trait("Category", "Goldens")]
    [MemberData(nameof(Metrics))]
    public void Metric_EveryGoldenCase_EqualsReference(string metric)
    {
        Skip.If(metric == None, "no fixture folder holds metrics/cases.json");
        Assert.True(Functions.TryGetValue(metric, out var function), $"the goldens' metric '{metric}' has no function");
        var failures = Cases.Value[metric].Select(c => (Name: c.Text("name"), Difference: Difference(metric, c, function!)))
            .Where(c => c.Difference is not null).Select(c => $"{metric} {c.Name}: {c.Difference}").ToList();
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    private static string? Difference(string metric, JsonElement golden, Func<JsonElement, object> function)
    {
        var expected = golden.GetProperty("expected");
        var undefined = expected.ValueKind == JsonValueKind.String && expected.GetString() == "error";
        try
        {
            var actual = function(golden.GetProperty("input"));
            return undefined ? $"{actual}, expected an error" : GoldenComparison.Difference(metric, expected, actual);
        }
        catch (AttuneException error)
        {
            return undefined ? null : error.Message;
        }
    }
}
