using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Attune.Cli.Terminal;

/// <summary>JSON for machines: readable letters of every script, control characters escaped.</summary>
internal static class JsonText
{
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = Encoder };

    private static readonly JsonSerializerOptions Flat = new() { Encoder = Encoder };

    public static string Write(JsonNode? node, bool indented) => node?.ToJsonString(indented ? Indented : Flat) ?? "null";

    /// <summary>A number, or null for what JSON cannot write.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    public static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode)JsonValue.Create(t)!)];
}
