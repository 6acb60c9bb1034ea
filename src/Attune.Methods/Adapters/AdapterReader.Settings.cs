using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

public sealed partial class AdapterReader
{
    /// <exception cref="AttuneException">The key is missing or holds something else.</exception>
    public int Integer(string key) => OptionalInteger(key) ?? throw Missing(key);

    /// <summary>A whole number above 0.</summary>
    public int Positive(string key) => Integer(key) is var n and > 0 ? n : throw Wrong(key, "a whole number above 0");

    public int Integer(string key, int otherwise) => OptionalInteger(key) ?? otherwise;

    public int? OptionalInteger(string key) =>
        Node(key) is not { } node ? null : AsInteger(node) ?? throw Wrong(key, "a whole number");

    public double Number(string key) => OptionalNumber(key) ?? throw Missing(key);

    public double Number(string key, double otherwise) => OptionalNumber(key) ?? otherwise;

    public double? OptionalNumber(string key) =>
        Node(key) is not { } node ? null : AsNumber(node) ?? throw Wrong(key, "a number");

    public bool Flag(string key, bool otherwise = false) =>
        Node(key) is not { } node ? otherwise : node is JsonValue v && v.TryGetValue<bool>(out var b) ? b : throw Wrong(key, "true or false");

    /// <summary>A text; null where the key is absent or null.</summary>
    /// <exception cref="AttuneException">The key holds something else.</exception>
    public string? Text(string key) =>
        Node(key) is not { } node ? null : node is JsonValue v && v.TryGetValue<string>(out var text) ? text : throw Wrong(key, "a text");

    /// <summary>As <see cref="Text"/>, of a key that may be true or false too: null then.</summary>
    public string? TextOrFlag(string key) =>
        Node(key)?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False ? null : Text(key);

    /// <summary>Whole numbers; empty where the key is absent or null.</summary>
    public IReadOnlyList<int> Integers(string key) => Node(key) switch
    {
        null => [],
        JsonArray list => [.. list.Select(e => AsInteger(e) ?? throw Wrong(key, "a list of whole numbers"))],
        _ => throw Wrong(key, "a list of whole numbers"),
    };

    /// <summary>Texts; empty where the key is absent or null.</summary>
    public IReadOnlyList<string> Texts(string key) => Node(key) switch
    {
        null => [],
        JsonArray list => [.. list.Select(e => e is JsonValue v && v.TryGetValue<string>(out var text) ? text : throw Wrong(key, "a list of texts"))],
        JsonValue v when v.TryGetValue<string>(out var one) => [one],
        _ => throw Wrong(key, "a list of texts"),
    };

    /// <summary>Says that these keys are known and change nothing that an adapter computes once it is saved: dropout, first values.</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            known.Add(key);
    }

    /// <summary>Refuses any value of a key but these (as JSON), null and absence.</summary>
    public void Require(string key, params ReadOnlySpan<string> plain)
    {
        if (Node(key) is { } node && !plain.Contains(node.ToJsonString()))
            throw Refused($"sets {key} to {node.ToJsonString()}, which is not known; known {(plain.Length == 0 ? "is null" : "are null, " + string.Join(", ", plain.ToArray()))}");
    }

    /// <summary>The number of a pattern's key ("rank_pattern") that matches the end of the module's name, else <paramref name="otherwise"/>.</summary>
    public double Pattern(string key, AdapterTarget target, double otherwise) => Node(key) switch
    {
        null => otherwise,
        JsonObject patterns => NamePattern.First(patterns.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Key, p.Value!)), target.Name) is not { } found ? otherwise
            : AsNumber(found) ?? throw Wrong(key, "an object of numbers"),
        _ => throw Wrong(key, "an object of numbers"),
    };

    // A node that was read holds text, one that was made a number of some type: both are asked for their JSON.
    internal static double? AsNumber(JsonNode? node) =>
        node?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(node.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;

    internal static int? AsInteger(JsonNode? node) =>
        AsNumber(node) is { } number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number : null;

    private AttuneException Missing(string key) => Refused($"lacks '{key}' in its {PeftFolder.ConfigurationName}; the adapter is incomplete");

    private AttuneException Wrong(string key, string expected) => Refused($"has a '{key}' of {Folder.Configuration[key]?.ToJsonString()}, expected {expected}");
}
