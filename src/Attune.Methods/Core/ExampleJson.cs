using System.Text.Json.Nodes;
using Attune.Data;

namespace Attune.Methods;

/// <summary>Labelled rows as JSON, for adaptations that carry demonstrations.</summary>
public static class ExampleJson
{
    public static JsonArray Write(IEnumerable<Example> examples) => new([.. examples.Select(Write)]);

    public static IReadOnlyList<Example> Read(JsonNode? array) => [.. array!.AsArray().Select(n => Read(n!.AsObject()))];

    private static JsonNode Write(Example example)
    {
        var fields = new JsonObject();
        foreach (var (name, value) in example.Input.Fields)
            fields[name] = value;
        return new JsonObject
        {
            ["id"] = example.Id,
            ["fields"] = fields,
            ["choices"] = example.Input.Choices is { } choices ? new JsonArray([.. choices.Select(c => (JsonNode)c)]) : null,
            ["label"] = example.Label,
            ["row"] = example.Row,
        };
    }

    private static Example Read(JsonObject json)
    {
        var fields = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in json["fields"]!.AsObject())
            fields[name] = (string)value!;
        var choices = json["choices"]?.AsArray().Select(c => (string)c!).ToArray();
        return new Example((string)json["id"]!, new Input(fields, choices), (string)json["label"]!, null, (int)json["row"]!);
    }
}
