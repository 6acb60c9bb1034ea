using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Evaluation.Comparison;

/// <summary>summary.json: the summary with snake_case names; of what was left out only who and why.</summary>
public static class SummaryJson
{
    public static string Write(Summary summary)
    {
        var json = JsonSerializer.SerializeToNode(summary, ComparisonJson.Indented)!.AsObject();
        json["left_out"] = new JsonArray([.. summary.LeftOut.Select(LeftOut)]);
        return json.ToJsonString(ComparisonJson.Indented) + "\n";
    }

    private static JsonNode LeftOut(CellResult cell) => new JsonObject
    {
        ["method"] = cell.Method,
        ["shots"] = cell.Shots,
        ["seed"] = cell.Seed,
        ["status"] = JsonSerializer.SerializeToNode(cell.Status, ComparisonJson.Indented),
        ["message"] = cell.Message,
    };
}
