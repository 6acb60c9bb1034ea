using System.Text.Json.Nodes;

namespace Attune.Methods.Adapters;

/// <summary>layer_replication: runs of the base's layers one after another, some more than once, each with factors of its own.</summary>
/// <param name="Layers">The base's layer behind each layer of the repeated model.</param>
public sealed record LayerReplication(IReadOnlyList<int> Layers)
{
    /// <summary>The layers that a configuration asks for; null: as they are.</summary>
    /// <exception cref="Tensors.AttuneException">It is no list of pairs.</exception>
    public static LayerReplication? Of(PeftFolder folder) => folder.Configuration["layer_replication"] switch
    {
        null => null,
        JsonArray pairs when pairs.All(p => p is JsonArray { Count: 2 } pair && pair.All(n => n is JsonValue v && v.TryGetValue<int>(out _)) && (int)pair[0]! >= 0 && (long)(int)pair[1]! - (int)pair[0]! is > 0 and < 10_000) =>
            new LayerReplication([.. pairs.SelectMany(p => Enumerable.Range((int)p![0]!, (int)p[1]! - (int)p[0]!))]),
        var other => throw new Tensors.AttuneException($"'{folder.Path}' has a layer_replication of {other.ToJsonString()}, expected pairs of layers, each [first, behind the last]"),
    };

    internal static LayerReplication? Read(AdapterReader reader)
    {
        reader.Ignore("layer_replication");
        var found = Of(reader.Folder);
        if (found is not null && found.Layers.Count != reader.Model.Layers)
            throw reader.Refused(FormattableString.Invariant($"repeats the base's layers ({string.Join(", ", found.Layers)}), and the model has {reader.Model.Layers}; open the model with those layers"));
        return found;
    }

    /// <summary>The name of a tensor of the repeated model in the base's checkpoint.</summary>
    public string BaseName(string name)
    {
        var parts = name.Split('.');
        for (var i = 1; i < parts.Length; i++)
            if (int.TryParse(parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var layer))
            {
                if (layer < Layers.Count)
                    parts[i] = Layers[layer].ToString(System.Globalization.CultureInfo.InvariantCulture);
                break;
            }
        return string.Join('.', parts);
    }
}
