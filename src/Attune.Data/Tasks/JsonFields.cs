using System.Text.Json;
using Attune.Tensors;

namespace Attune.Data;

/// <summary>Reads a JSON object of settings: known keys only, each of the type that is expected.</summary>
internal sealed class JsonFields
{
    private readonly JsonElement json;
    private readonly string what;

    /// <param name="what">What the object is, as messages begin: "The template".</param>
    /// <exception cref="AttuneException">It is not an object.</exception>
    public JsonFields(JsonElement json, string what)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new AttuneException($"{what} is {Describe(json)}; expected an object.");
        (this.json, this.what) = (json, what);
    }

    /// <exception cref="AttuneException">A key is none of those known.</exception>
    public void RequireKnown(params string[] known)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                throw new AttuneException($"{what} has the key '{property.Name}', which is not known; expected {TextList.Quote(known)}.");
        }
    }

    public IEnumerable<string> Keys => json.EnumerateObject().Select(p => p.Name);

    public JsonElement? Get(string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string key) => Get(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(key, value, "a text");

    public bool? Flag(string key) => Get(key) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, value, "true or false");

    public IReadOnlyList<string>? Texts(string key)
    {
        if (Get(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw Wrong(key, value, "a list of texts");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    public IReadOnlyDictionary<string, string>? Map(string key)
    {
        if (Get(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            throw Wrong(key, value, "an object of texts");
        var map = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
            map[property.Name] = property.Value.GetString()!;
        return map;
    }

    public IReadOnlyDictionary<string, int>? Counts(string key)
    {
        if (Get(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong(key, value, "an object of counts");
        var map = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var count))
                throw Wrong(key, property.Value, "an object of counts");
            map[property.Name] = count;
        }

        return map;
    }

    public AttuneException Wrong(string key, JsonElement value, string expected) =>
        new($"{what} has {Describe(value)} under '{key}'; expected {expected}.");

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
