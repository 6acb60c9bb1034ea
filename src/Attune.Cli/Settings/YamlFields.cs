using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Tensors;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>A mapping of a YAML file of which every key is known; what is wrong is said with file, line and key.</summary>
internal sealed class YamlFields
{
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> values = new(StringComparer.Ordinal);
    private readonly string path;
    private readonly YamlMappingNode node;

    /// <param name="what">What the mapping is: "the optimizer".</param>
    /// <exception cref="AttuneException">A key is not known.</exception>
    public YamlFields(YamlMappingNode node, string path, string what, params IReadOnlyList<string> known)
    {
        (this.path, this.node) = (path, node);
        foreach (var (key, value) in node.Children)
        {
            var name = YamlText.Key(key, path);
            if (!known.Contains(name, StringComparer.Ordinal))
                throw new AttuneException($"{YamlText.At(path, key.Start)}: '{name}' is no key of {what}{Nearest.Hint(name, known)} (its keys are {string.Join(", ", known)})");
            values[name] = (key, value);
        }
    }

    /// <summary>"nano.yaml line 3".</summary>
    public string Place => YamlText.At(path, node.Start);

    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>"nano.yaml line 3: steps"; of a key that is not there, of the mapping.</summary>
    public string Where(string key) => $"{LineOf(key)}: {key}";

    /// <summary>"nano.yaml line 3" of a key, or of the mapping where the key is not there.</summary>
    public string LineOf(string key) => values.TryGetValue(key, out var v) ? YamlText.At(path, v.Key.Start) : Place;

    /// <summary>A key that is there and changes nothing would mislead.</summary>
    /// <param name="when">What makes it so, and what to do: "does nothing under adamw; …".</param>
    public void RefuseIf(bool idle, string key, string when)
    {
        if (idle && Has(key))
            throw Wrong(key, when);
    }

    public AttuneException Wrong(string key, string message) => new($"{Where(key)}: {message}");

    public string? Text(string key) => values.TryGetValue(key, out var v)
        ? v.Value is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Wrong(key, "expected a value")
        : null;

    public string Required(string key) => Text(key) ?? throw new AttuneException($"{Place}: '{key}' is missing; give one");

    public int Whole(string key, int least, int most, int otherwise) => WholeOrNone(key, least, most) ?? otherwise;

    public int? WholeOrNone(string key, int least, int most) => Text(key) is not { } text ? null
        : int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' does not fit; expected a whole number from {least} to {most}"));

    public long? LongOrNone(string key, long least) => Text(key) is not { } text ? null
        : long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least ? value
        : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' does not fit; expected a whole number from {least} on"));

    public double Number(string key, double least, double most, double otherwise) => NumberOrNone(key, least, most) ?? otherwise;

    public double? NumberOrNone(string key, double least, double most) => Text(key) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' does not fit; expected a number from {least} to {most}"));

    public bool Flag(string key) => Text(key) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw Wrong(key, $"'{text}' is neither true nor false"),
    };

    public T OneOf<T>(string key, T otherwise, params (string Name, T Value)[] known)
    {
        if (Text(key) is not { } text)
            return otherwise;
        foreach (var (name, value) in known)
            if (string.Equals(name, text, StringComparison.Ordinal))
                return value;
        throw Wrong(key, $"'{text}' is not known{Nearest.Hint(text, known.Select(k => k.Name))} (known are {string.Join(", ", known.Select(k => k.Name))})");
    }

    /// <summary>A list of texts, or one text alone; null where the key is not there.</summary>
    public IReadOnlyList<string>? Texts(string key) => !values.TryGetValue(key, out var v) ? null : v.Value switch
    {
        YamlSequenceNode list when list.Children.Count > 0 && list.Children.All(c => c is YamlScalarNode { Value.Length: > 0 }) => [.. list.Children.Select(c => ((YamlScalarNode)c).Value!)],
        YamlScalarNode => [Text(key)!],
        _ => throw Wrong(key, "expected a list of texts"),
    };

    /// <summary>Two whole numbers, [least, most], or one that is both.</summary>
    public (int Least, int Most) Range(string key, int least, int most, (int, int) otherwise)
    {
        if (Texts(key) is not { } texts)
            return otherwise;
        var numbers = texts.Select(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : -1).ToList();
        return numbers.Contains(-1) || numbers.Count > 2 || numbers[0] > numbers[^1]
            ? throw Wrong(key, string.Create(CultureInfo.InvariantCulture, $"expected [least, most] from {least} to {most}"))
            : (numbers[0], numbers[^1]);
    }

    /// <summary>A mapping within this one; empty where the key is not there.</summary>
    public YamlFields Fields(string key, string what, params IReadOnlyList<string> known) => new(Mapping(key) ?? new YamlMappingNode(), path, what, known);

    public YamlMappingNode? Mapping(string key) => !values.TryGetValue(key, out var v) ? null
        : v.Value as YamlMappingNode ?? throw Wrong(key, "expected keys with values under it");

    public JsonObject? Json(string key) => Mapping(key) is { } mapping ? (JsonObject)YamlText.ToJson(mapping, path)! : null;

    /// <summary>The mappings of a list.</summary>
    public IReadOnlyList<YamlMappingNode> Mappings(string key) => !values.TryGetValue(key, out var v) ? []
        : v.Value is YamlSequenceNode list && list.Children.All(c => c is YamlMappingNode) ? [.. list.Children.Cast<YamlMappingNode>()]
        : throw Wrong(key, "expected a list of keys with values");
}
