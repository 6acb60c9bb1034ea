using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>Which modules an adapter changes, as target_modules, exclude_modules, layers_to_transform and layers_pattern say it.</summary>
internal sealed class TargetModules(AdapterReader reader)
{
    private readonly JsonNode target = reader.Node("target_modules") ?? throw new AttuneException($"'{reader.Folder.Path}' has no target_modules; say which modules it changes");
    private readonly JsonNode? excluded = reader.Node("exclude_modules");
    private readonly IReadOnlyList<int>? layers = Layers(reader);
    private readonly IReadOnlyList<string> folders = reader.Texts("layers_pattern");

    public bool Contains(AdapterTarget module) =>
        (excluded is null || !Names(excluded, module.Name)) && IsNamed(module)
        && (layers is null || NamePattern.Layer(module.Name, folders) is { } layer && layers.Contains(layer));

    private bool IsNamed(AdapterTarget module) => target is JsonValue v && v.TryGetValue<string>(out var text) && text == "all-linear"
        ? module.Linear is { Layer: >= 0 }
        : Names(target, module.Name);

    /// <summary>A list holds names or their ends after a dot; a text is an expression for the whole name.</summary>
    private bool Names(JsonNode node, string name) => node switch
    {
        JsonArray list => list.Any(t => t is JsonValue v && v.TryGetValue<string>(out var end) && (name == end || name.EndsWith("." + end, StringComparison.Ordinal))),
        JsonValue v when v.TryGetValue<string>(out var expression) => NamePattern.Matches(expression, name),
        _ => throw new AttuneException($"'{reader.Folder.Path}' names its modules by {node.ToJsonString()}; expected a list of names or a pattern"),
    };

    private static IReadOnlyList<int>? Layers(AdapterReader reader) => reader.Node("layers_to_transform") switch
    {
        null or JsonArray { Count: 0 } => null,
        JsonArray => reader.Integers("layers_to_transform"),
        _ => [reader.Integer("layers_to_transform")],
    };
}
