using System.Text.Json.Nodes;

namespace Attune.Training.Pretraining;

/// <summary>Where two plans differ.</summary>
internal static class PlanDifference
{
    /// <summary>"optimizer.rate: 0.001 → 0.002" for each value that differs, in the order of the first.</summary>
    public static IReadOnlyList<string> Of(JsonNode? before, JsonNode? now) => [.. Between("", before, now)];

    private static IEnumerable<string> Between(string path, JsonNode? before, JsonNode? now)
    {
        if (before is JsonObject a && now is JsonObject b)
            return a.Select(e => e.Key).Union(b.Select(e => e.Key)).SelectMany(k => Between(path.Length == 0 ? k : $"{path}.{k}", a[k], b[k]));
        var (x, y) = (Text(before), Text(now));
        return string.Equals(x, y, StringComparison.Ordinal) ? [] : [$"{path}: {x} → {y}"];
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "nothing";
}
