using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>Values of a config.json with errors that name file and key.</summary>
internal sealed class ConfigurationJson(JsonElement json, string path)
{
    public string Path => path;

    public int Integer(string key) => OptionalInteger(key) ?? throw Missing(key);

    public double Number(string key) => OptionalNumber(key) ?? throw Missing(key);

    public int? OptionalInteger(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out var n) ? n : throw Wrong(key, "a whole number");

    public double? OptionalNumber(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.Number ? v.GetDouble() : throw Wrong(key, "a number");

    public string? OptionalText(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.String ? v.GetString() : throw Wrong(key, "a text");

    public bool Flag(string key) =>
        Find(key) is { } v && (v.ValueKind is JsonValueKind.True or JsonValueKind.False ? v.GetBoolean() : throw Wrong(key, "true or false"));

    public ConfigurationJson? Object(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.Object ? new ConfigurationJson(v, path) : throw Wrong(key, "an object");

    private JsonElement? Find(string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var v) && v.ValueKind != JsonValueKind.Null ? v : null;

    private ModelFileException Missing(string key) => new($"'{path}' lacks '{key}'; the configuration is incomplete");

    private ModelFileException Wrong(string key, string expected) => new($"'{path}' has a '{key}' that is not {expected}");
}
