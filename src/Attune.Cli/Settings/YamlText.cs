using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Tensors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>YAML files (of which JSON is a part) as nodes, with lines in messages.</summary>
internal static class YamlText
{
    private const int MostDepth = 32;

    /// <summary>The mapping that a file holds.</summary>
    /// <param name="what">What the file is, for messages: "run file".</param>
    /// <exception cref="AttuneException">The file is missing, is not YAML, or holds no mapping.</exception>
    public static YamlMappingNode ReadMapping(string path, string what)
    {
        if (!File.Exists(path))
            throw new AttuneException($"the {what} '{path}' does not exist; check its path");
        var stream = new YamlStream();
        try
        {
            using (var events = new StreamReader(path))
                CheckEvents(new Parser(events), path);
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException e)
        {
            throw new AttuneException($"{At(path, e.Start)}: not YAML ({Reason(e)})", AttuneErrorKind.Request, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The library's own state fails on some texts that are not YAML.
            throw new AttuneException($"'{path}' is not YAML; write one 'key: value' a line", AttuneErrorKind.Request, e);
        }
        if (stream.Documents.Count == 0)
            throw new AttuneException($"the {what} '{path}' is empty; expected keys with values");
        return stream.Documents[0].RootNode as YamlMappingNode
            ?? throw new AttuneException($"{At(path, stream.Documents[0].RootNode.Start)}: expected keys with values, one 'key: value' a line");
    }

    // Nodes are made and read within each other: depth is stack. An alias may stand for a node that holds many of the same.
    private static void CheckEvents(Parser parser, string path)
    {
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MostDepth)
                throw new AttuneException($"{At(path, parser.Current.Start)}: values nest deeper than {MostDepth}; expected a flat file");
            if (parser.Current is AnchorAlias)
                throw new AttuneException($"{At(path, parser.Current.Start)}: aliases are not read; write the value out");
        }
    }

    public static JsonObject ReadObject(string path, string what) => (JsonObject)ToJson(ReadMapping(path, what), path)!;

    /// <summary>"run.yaml line 3".</summary>
    public static string At(string path, Mark mark) => string.Create(CultureInfo.InvariantCulture, $"{path} line {mark.Line}");

    /// <summary>The node as JSON: plain true, false, null and numbers as such, all else as text.</summary>
    public static JsonNode? ToJson(YamlNode node, string path) => node switch
    {
        YamlMappingNode mapping => Object(mapping, path),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(c => ToJson(c, path))]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
        _ => throw new AttuneException($"{At(path, node.Start)}: expected a value, a list or keys with values"),
    };

    /// <summary>A key of a mapping.</summary>
    public static string Key(YamlNode key, string path) => (key as YamlScalarNode)?.Value
        ?? throw new AttuneException($"{At(path, key.Start)}: expected a name before the colon");

    private static JsonObject Object(YamlMappingNode mapping, string path)
    {
        var result = new JsonObject();
        foreach (var (key, value) in mapping.Children)
            result[Key(key, path)] = ToJson(value, path);
        return result;
    }

    /// <summary>JSON's own literals; what is none of them is text.</summary>
    public static JsonNode? Plain(string text)
    {
        if (text is "" or "~" or "null")
            return null;
        if (text is not ("true" or "false") && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            return JsonValue.Create(text);
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Reason(YamlException e)
    {
        var message = e.Message;
        // The library begins its messages with the place, which stands in ours already.
        var end = message.StartsWith('(') ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (end < 0 ? message : message[(end + 3)..]).TrimEnd('.');
    }
}
