using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>Values of a config.json with errors that name file and key.</summary>
internal sealed class ConfigurationJson(JsonElement json, string path)
{
    // For each of these parts something is made before its weights are looked for: memory must not follow a damaged number.
    private const int MostParts = 1 << 16;
    private static readonly string[] CountsParts = ["layer", "expert", "block", "depth", "head"];

    public string Path => path;

    /// <summary>Where set: takes the names of the keys that are asked for, whether or not they are there.</summary>
    public ISet<string>? Asked { get; init; }

    /// <summary>More layers than any model has: a bound on lists that follow a number.</summary>
    public const int MostLayers = 65536;

    /// <summary>A configuration made elsewhere, under the name of the file it comes from.</summary>
    public ConfigurationJson(System.Text.Json.Nodes.JsonObject json, string path)
        : this(Element(json, path), path)
    {
    }

    /// <summary>The same with values for keys that are absent or null: those of the model's class, which its files leave out.</summary>
    public ConfigurationJson Or(System.Text.Json.Nodes.JsonObject otherwise)
    {
        var all = new System.Text.Json.Nodes.JsonObject();
        foreach (var given in json.EnumerateObject())
            all[given.Name] = System.Text.Json.Nodes.JsonNode.Parse(given.Value.GetRawText());
        foreach (var (key, value) in otherwise)
            all[key] ??= value?.DeepClone();
        return new ConfigurationJson(all, path) { Asked = Asked };
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the key is there at all, be it with null: a class's default holds only where it is not.</summary>
    public bool Mentions(string key)
    {
        Asked?.Add(key);
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out _);
    }

    public int Integer(string key) => OptionalInteger(key) ?? throw Missing(key);

    /// <summary>A size: a whole number above 0.</summary>
    public int Positive(string key) => Integer(key) is var n and > 0 ? n : throw Wrong(key, "a whole number above 0");

    /// <summary>The size under the first of some spellings that is there.</summary>
    public int Positive(params ReadOnlySpan<string> keys) => Integer(keys) is var n and > 0 ? n : throw Wrong(string.Join("' or '", keys), "a whole number above 0");

    public double Number(string key) => OptionalNumber(key) ?? throw Missing(key);

    public string Text(string key) => OptionalText(key) ?? throw Missing(key);

    /// <summary>The value under the first of some spellings that is there.</summary>
    public int Integer(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (OptionalInteger(key) is { } n)
                return n;
        throw Missing(string.Join("' or '", keys));
    }

    public int? OptionalInteger(string key)
    {
        if (Find(key) is not { } v)
            return null;
        if (v.ValueKind != JsonValueKind.Number || !v.TryGetInt32(out var n))
            throw Wrong(key, "a whole number");
        if (n > MostParts && CountsParts.Any(c => key.Contains(c, StringComparison.Ordinal)))
            throw Wrong(key, FormattableString.Invariant($"a number of parts up to {MostParts}"));
        return n;
    }

    public double? OptionalNumber(string key) =>
        Find(key) is not { } v ? null : AsNumber(v) ?? throw Wrong(key, "a number");

    /// <param name="unmentioned">Where the key is absent; null under the key stays null.</param>
    public double? OptionalNumber(string key, double unmentioned) => Mentions(key) ? OptionalNumber(key) : unmentioned;

    /// <summary>Whether the key holds that text; it may hold anything else.</summary>
    public bool Is(string key, string text) => Find(key) is { ValueKind: JsonValueKind.String } v && v.GetString() == text;

    public string? OptionalText(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.String ? v.GetString() : throw Wrong(key, "a text");

    /// <param name="otherwise">Where the key is absent or null.</param>
    public bool Flag(string key, bool otherwise = false) =>
        Find(key) is not { } v ? otherwise : v.ValueKind is JsonValueKind.True or JsonValueKind.False ? v.GetBoolean() : throw Wrong(key, "true or false");

    public string[]? Texts(string key) =>
        Find(key) is not { } v ? null : Items(key, v);

    /// <summary>A list of texts, or one text that holds them with a separator between; absent: none.</summary>
    public string[] TextOrTexts(string key, char separator) =>
        Find(key) is not { } v ? [] : v.ValueKind == JsonValueKind.String ? v.GetString()!.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : Items(key, v);

    public double[]? Numbers(string key)
    {
        if (Find(key) is not { } v)
            return null;
        if (v.ValueKind != JsonValueKind.Array)
            throw Wrong(key, "a list of numbers");
        return [.. v.EnumerateArray().Select(e => AsNumber(e) ?? throw Wrong(key, "a list of numbers"))];
    }

    /// <summary>Settings that are not known here must be absent, null or false.</summary>
    /// <exception cref="ModelFileException">One is something else.</exception>
    public void Refuse(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (Find(key) is { ValueKind: not JsonValueKind.False } v)
                throw new ModelFileException($"'{path}' has '{key}': {v.GetRawText()}, which this architecture does not know here; known is a model without it");
    }

    /// <summary>Whatever stands under a key; null where it is absent or null.</summary>
    public JsonElement? Raw(string key) => Find(key);

    public ConfigurationJson? Object(string key) =>
        Find(key) is not { } v ? null : v.ValueKind == JsonValueKind.Object ? new ConfigurationJson(v, path) : throw Wrong(key, "an object");

    /// <summary>The texts of an object whose keys count from 0, in that order: {"0": "no", "1": "yes"}.</summary>
    public string[]? Numbered(string key)
    {
        if (Find(key) is not { } v)
            return null;
        if (v.ValueKind != JsonValueKind.Object || v.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            throw Wrong(key, "an object of texts");
        var texts = v.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
        return [.. Enumerable.Range(0, texts.Count).Select(i => texts.GetValueOrDefault(i.ToString(System.Globalization.CultureInfo.InvariantCulture)) ?? throw Wrong(key, "an object whose keys count from 0"))];
    }

    private string[] Items(string key, JsonElement list) => list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
        ? [.. list.EnumerateArray().Select(e => e.GetString()!)]
        : throw Wrong(key, "a list of texts");

    /// <summary>A number, or what transformers writes for one that JSON cannot hold: {"__float__": "Infinity"}.</summary>
    private static double? AsNumber(JsonElement v)
    {
        if (v.ValueKind == JsonValueKind.Number)
            return v.GetDouble();
        if (v.ValueKind != JsonValueKind.Object || !v.TryGetProperty("__float__", out var text) || text.ValueKind != JsonValueKind.String)
            return null;
        return text.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => null,
        };
    }

    private JsonElement? Find(string key)
    {
        Asked?.Add(key);
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var v) && v.ValueKind != JsonValueKind.Null ? v : null;
    }

    private static JsonElement Element(System.Text.Json.Nodes.JsonObject json, string path)
    {
        try
        {
            return JsonSerializer.SerializeToElement(json);
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException($"'{path}' has a number in its configuration that is NaN or infinite; convert the model again", e);
        }
    }

    private ModelFileException Missing(string key) => new($"'{path}' lacks '{key}'; the configuration is incomplete");

    private ModelFileException Wrong(string key, string expected) => new($"'{path}' has a '{key}' that is not {expected}");
}
