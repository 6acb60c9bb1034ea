using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Methods;

namespace Attune.Cli.Commands;

/// <summary>The per-example log of an evaluation.</summary>
internal static class PredictionLog
{
    public static void Write(string path, IReadOnlyList<Example> examples, IReadOnlyList<Prediction> predictions)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        using var writer = new StreamWriter(path);
        for (var i = 0; i < examples.Count; i++)
            writer.Write(JsonText.Write(Line(examples[i], predictions[i]), indented: false) + "\n");
    }

    private static JsonObject Line(Example example, Prediction prediction) => new()
    {
        ["id"] = example.Id,
        ["line"] = example.Row,
        ["gold"] = example.Label,
        ["label"] = prediction.Label,
        ["right"] = prediction.Label == example.Label,
        ["labels"] = JsonText.Array(prediction.Labels),
        ["probabilities"] = new JsonArray([.. prediction.Probabilities.Select(JsonText.Number)]),
        ["prompt_tokens"] = prediction.PromptTokens,
        ["overflow"] = prediction.Overflow,
        ["input"] = new JsonObject(example.Input.Fields.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
        ["prompt"] = prediction.Prompt,
        ["tokens"] = prediction.Tokens is { } tokens ? JsonText.Array(tokens) : null,
    };
}
