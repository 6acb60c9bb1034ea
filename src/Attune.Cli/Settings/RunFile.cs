using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Tensors;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>
/// A run file (--config): any option by its name without dashes, data, methods with their options, template, verbalizer. What stands on
/// the command line wins. Paths of data, models and templates are looked for beside the run file first, then from the current folder.
/// </summary>
internal sealed class RunFile
{
    private static readonly string[] OwnKeys = ["data", "methods", "template", "verbalizer"];
    private static readonly string[] PathKeys = ["data", "model", "encoder", "template", "test"];

    private readonly string path;
    private readonly Dictionary<string, YamlNode> values = new(StringComparer.Ordinal);

    private RunFile(string path) => this.path = path;

    /// <summary>A value and where it stands: "run.yaml line 3: shots".</summary>
    public sealed record Given(string Text, string Where);

    /// <summary>A method of the run file.</summary>
    /// <param name="As">The name that results use.</param>
    public sealed record MethodEntry(string Name, string As, JsonObject Options, string Where);

    /// <exception cref="AttuneException">The file is missing, is not YAML, or has a key that is no option.</exception>
    public static RunFile Read(string path, IEnumerable<string> settings)
    {
        var file = new RunFile(path);
        var known = settings.Concat(OwnKeys).Distinct().ToList();
        foreach (var (key, value) in YamlText.ReadMapping(path, "run file").Children)
        {
            var name = YamlText.Key(key, path);
            if (!known.Contains(name))
                throw new AttuneException($"{YamlText.At(path, key.Start)}: '{name}' is no option{Nearest.Hint(name, known)}");
            file.values[name] = value;
        }
        return file;
    }

    /// <summary>The value of an option; a list becomes one text with commas. Null where the file does not set it.</summary>
    public Given? Find(string name)
    {
        if (!values.TryGetValue(name, out var node))
            return null;
        var where = $"{YamlText.At(path, node.Start)}: {name}";
        var text = node switch
        {
            YamlScalarNode scalar => scalar.Value ?? "",
            YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode) => string.Join(',', list.Children.Select(c => ((YamlScalarNode)c).Value)),
            _ => throw new AttuneException($"{where}: expected a value or a list of values"),
        };
        if (!PathKeys.Contains(name))
            return new Given(text, where);
        return text.Contains('\0') ? throw new AttuneException($"{where}: a path cannot hold the character U+0000; write the path anew") : new Given(Beside(text), where);
    }

    /// <summary>The methods, in order; empty where the file names none or says all or quick.</summary>
    public IReadOnlyList<MethodEntry> Methods() => values.GetValueOrDefault("methods") is YamlSequenceNode list ? [.. list.Children.Select(Entry)] : [];

    /// <summary>Template and verbalizer; null where the file has neither.</summary>
    /// <param name="readFile">Reads a template that is named by its path.</param>
    public TemplateText? Template(Func<string, TemplateText> readFile)
    {
        var template = values.GetValueOrDefault("template") switch
        {
            null => null,
            YamlMappingNode mapping => new TemplateText((JsonObject)YamlText.ToJson(mapping, path)!, YamlText.At(path, mapping.Start)),
            _ => readFile(Find("template")!.Text),
        };
        if (!values.TryGetValue("verbalizer", out var words))
            return template;
        if (words is not YamlMappingNode)
            throw new AttuneException($"{YamlText.At(path, words.Start)}: verbalizer: expected one 'label: words' a line");
        template ??= new TemplateText([], YamlText.At(path, words.Start));
        var all = template.Json["words"] as JsonObject ?? [];
        // Words are texts, also where YAML would read a number.
        foreach (var (label, text) in ((YamlMappingNode)words).Children)
            all[YamlText.Key(label, path)] = (text as YamlScalarNode)?.Value;
        template.Json["words"] = all.DeepClone();
        return template;
    }

    private MethodEntry Entry(YamlNode node)
    {
        var where = YamlText.At(path, node.Start);
        if (node is YamlScalarNode { Value: { Length: > 0 } plain })
            return new MethodEntry(plain, plain, [], where);
        if (node is not YamlMappingNode || YamlText.ToJson(node, path) is not JsonObject json)
            throw new AttuneException($"{where}: expected a method's name, or name, options and as");
        foreach (var (key, _) in json)
        {
            if (key is not ("name" or "as" or "options"))
                throw new AttuneException($"{where}: '{key}' is no key of a method{Nearest.Hint(key, ["name", "as", "options"])} (a method's options stand under options)");
        }
        var name = json["name"]?.ToString() ?? throw new AttuneException($"{where}: a method without name; add name: METHOD");
        if (json["options"] is not (null or JsonObject))
            throw new AttuneException($"{where}: the options of {name} are not keys with values");
        return new MethodEntry(name, json["as"]?.ToString() ?? name, json["options"] as JsonObject ?? [], where);
    }

    private string Beside(string given)
    {
        var beside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, given)));
        return File.Exists(beside) || Directory.Exists(beside) ? beside : given;
    }
}
