using System.Globalization;

namespace Attune.Models.Files;

/// <summary>What a file with tensors says of itself, whatever it is for. Nothing of the tensors is read.</summary>
/// <param name="Path">The file, or the folder of shards.</param>
/// <param name="Format">The container: <c>GGUF version 3</c>, <c>safetensors</c>, <c>safetensors in 2 shards</c>.</param>
/// <param name="Kind">What a GGUF file says that it is (<c>model</c>, <c>adapter</c>, <c>controlvector</c>); <c>tensors</c> where nothing is said.</param>
/// <param name="Architecture">The key <c>general.architecture</c> of a GGUF file.</param>
/// <param name="Metadata">Keys with their values for people, in the order of the file; long texts and arrays are cut.</param>
/// <param name="Tensors">In the order of the file.</param>
public sealed record ModelFileInfo(
    string Path, string Format, string Kind, string? Architecture, IReadOnlyList<KeyValuePair<string, string>> Metadata, IReadOnlyList<TensorInfo> Tensors)
{
    private const int MostElements = 8;
    private const int LongestText = 200;

    /// <summary>Numbers in all tensors.</summary>
    public long Elements => Tensors.Sum(t => t.Elements);

    /// <summary>Bytes that the tensors take.</summary>
    public long Bytes => Tensors.Sum(t => t.Bytes);

    /// <summary>Tensors, numbers and bytes by type, the most bytes first.</summary>
    public IReadOnlyList<(TensorType Type, int Count, long Elements, long Bytes)> Types =>
    [
        .. Tensors.GroupBy(t => t.Type).Select(g => (g.Key, g.Count(), g.Sum(t => t.Elements), g.Sum(t => t.Bytes)))
            .OrderByDescending(g => g.Item4).ThenBy(g => g.Key),
    ];

    /// <summary>Describes a GGUF file, a safetensors file, or a folder with either one safetensors file or shards and their index.</summary>
    /// <exception cref="ModelFileException">The path is missing, or holds none of them whole.</exception>
    public static ModelFileInfo Read(string path)
    {
        if (Directory.Exists(path))
        {
            using var folder = SafetensorsFolder.Open(path);
            var format = folder.Files.Count == 1 ? "safetensors" : FormattableString.Invariant($"safetensors in {folder.Files.Count} shards");
            return new ModelFileInfo(path, format, "tensors", null, Entries(folder.Files[0]), Infos(folder));
        }
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            using var file = SafetensorsFile.Open(path);
            return new ModelFileInfo(path, "safetensors", "tensors", null, Entries(file), Infos(file));
        }
        return OfGguf(path);
    }

    private static ModelFileInfo OfGguf(string path)
    {
        using var file = GgufFile.Open(path);
        var architecture = Text(file.Metadata, "general.architecture");
        // Control vectors of older tools name themselves by the architecture alone.
        var kind = Text(file.Metadata, "general.type") ?? (architecture == GgufControlVector.Kind ? GgufControlVector.Kind : architecture is null ? "tensors" : "model");
        var entries = file.Metadata.Select(e => KeyValuePair.Create(e.Key, Show(e.Value.Value)));
        return new ModelFileInfo(path, FormattableString.Invariant($"GGUF version {file.Version}"), kind, architecture, [.. entries], Infos(file));
    }

    // A description does not fail for a key of another type.
    private static string? Text(GgufMetadata metadata, string key) => metadata.TryGetValue(key, out var value) ? value.Value as string : null;

    private static TensorInfo[] Infos(ITensorSource source) => [.. source.Tensors.Values.Select(t => t.Info)];

    private static KeyValuePair<string, string>[] Entries(SafetensorsFile file) =>
        [.. (file.Metadata ?? new Dictionary<string, string>()).Select(e => KeyValuePair.Create(e.Key, Cut(e.Value)))];

    private static string Show(object value) => value switch
    {
        string text => Cut(text),
        bool flag => flag ? "true" : "false",
        GgufArray array => Show(array),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Show(GgufArray array)
    {
        var first = string.Join(", ", array.Values.Cast<object>().Take(MostElements).Select(Show));
        return array.Count <= MostElements ? $"[{first}]" : FormattableString.Invariant($"[{first}, …] ({array.Count} of {array.ElementType})");
    }

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
