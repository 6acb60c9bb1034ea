using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Attune.Models.Files;

/// <summary>
/// The metadata of a GGUF file in the order of the file. The typed accessors take any width of integer or float,
/// and their errors name the file and the key. Those with <c>Find</c> give null where the key is missing.
/// </summary>
public sealed class GgufMetadata : IReadOnlyDictionary<string, GgufValue>
{
    private readonly string path;
    private readonly OrderedDictionary<string, GgufValue> entries;

    internal GgufMetadata(string path, OrderedDictionary<string, GgufValue> entries)
    {
        this.path = path;
        this.entries = entries;
    }

    public int Count => entries.Count;

    public IEnumerable<string> Keys => entries.Keys;

    public IEnumerable<GgufValue> Values => entries.Values;

    public GgufValue this[string key] => entries.TryGetValue(key, out var value) ? value : throw Missing(key);

    public string GetText(string key) => FindText(key) ?? throw Missing(key);

    public long GetInteger(string key) => FindInteger(key) ?? throw Missing(key);

    public double GetNumber(string key) => FindNumber(key) ?? throw Missing(key);

    public string[] GetTexts(string key) => FindTexts(key) ?? throw Missing(key);

    public string? FindText(string key) => Find(key) is { } v ? v.Value as string ?? throw Wrong(key, v, "text") : null;

    public long? FindInteger(string key) => Find(key) is { } v ? v.AsInteger() ?? throw Wrong(key, v, "an integer") : null;

    public double? FindNumber(string key) => Find(key) is { } v ? v.AsNumber() ?? throw Wrong(key, v, "a number") : null;

    public bool? FindFlag(string key) => Find(key) is { } v ? v.Value as bool? ?? throw Wrong(key, v, "true or false") : null;

    public string[]? FindTexts(string key) =>
        Find(key) is { } v ? (v.Value as GgufArray)?.Values as string[] ?? throw Wrong(key, v, "an array of texts") : null;

    /// <summary>An array of integers of any width, or a single one as an array of one (some keys are given either way).</summary>
    public long[]? FindIntegers(string key) => FindArray(key, "an array of integers", v => v.AsInteger());

    /// <summary>An array of numbers, or a single one as an array of one.</summary>
    public double[]? FindNumbers(string key) => FindArray(key, "an array of numbers", v => v.AsNumber());

    public bool ContainsKey(string key) => entries.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out GgufValue value) => entries.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private GgufValue? Find(string key) => entries.GetValueOrDefault(key);

    private T[]? FindArray<T>(string key, string expected, Func<GgufValue, T?> read)
        where T : struct
    {
        if (Find(key) is not { } value)
            return null;
        if (value.Value is not GgufArray array)
            return [read(value) ?? throw Wrong(key, value, expected)];
        var result = new T[array.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = read(new GgufValue(array.ElementType, array.Values.GetValue(i)!)) ?? throw Wrong(key, value, expected);
        return result;
    }

    private ModelFileException Missing(string key) =>
        ModelFileException.In(path, $"has no metadata key {Shown.Quoted(key)}, which is needed; use a complete conversion of the model");

    private ModelFileException Wrong(string key, GgufValue value, string expected)
    {
        var found = value.Value is GgufArray array ? $"an array of {array.ElementType}" : $"a value of type {value.Type}";
        return ModelFileException.In(path, $"has {found} under the metadata key {Shown.Quoted(key)}, expected {expected}; use another conversion of the model");
    }
}
