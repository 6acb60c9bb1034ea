using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Models.Loading;

/// <summary>A model whose layers are those of a checkpoint in another order, some more than once.</summary>
internal static class RepeatedLayers
{
    /// <summary>The configuration with as many layers.</summary>
    public static ConfigurationJson Configuration(JsonElement json, string path, IReadOnlyList<int> layers)
    {
        var changed = JsonObject.Create(json)!;
        if ((int?)changed["num_hidden_layers"] is not { } count || layers.Any(l => (uint)l >= (uint)count))
            throw new Files.ModelFileException(string.Create(CultureInfo.InvariantCulture, $"'{path}' has {changed["num_hidden_layers"]?.ToJsonString() ?? "no"} layers, of which {string.Join(", ", layers)} are asked for; the adapter was made for another model"));
        changed["num_hidden_layers"] = layers.Count;
        return new ConfigurationJson(changed, path);
    }

    /// <summary>The name in the checkpoint of a tensor of the model: the first number in it counts layers.</summary>
    public static string NameOf(string name, IReadOnlyList<int> layers)
    {
        var parts = name.Split('.');
        for (var i = 1; i < parts.Length; i++)
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var layer))
            {
                parts[i] = layers[layer].ToString(CultureInfo.InvariantCulture);
                break;
            }
        return string.Join('.', parts);
    }
}
