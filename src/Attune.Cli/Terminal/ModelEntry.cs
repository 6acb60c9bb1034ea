using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Terminal;

/// <summary>A model in the list: what its headers say.</summary>
/// <param name="Name">What --model takes.</param>
/// <param name="Architecture">Null where the files do not say, or cannot be read.</param>
/// <param name="Format">The container, or what is wrong with it.</param>
internal sealed record ModelEntry(string Name, string Path, string? Architecture, long? Parameters, string Format, long Bytes)
{
    /// <summary>A model whose files are broken stands in the list too.</summary>
    public static ModelEntry Read(string path)
    {
        var (name, bytes) = (NameOf(path), BytesOf(path));
        try
        {
            var info = ModelFileInfo.Read(path);
            return new ModelEntry(name, path, info.Architecture ?? TypeOf(path), info.Elements, info.Format, bytes);
        }
        catch (AttuneException e)
        {
            return new ModelEntry(name, path, null, null, $"unreadable: {e.Message}", bytes);
        }
    }

    public JsonObject ToJson() => new()
    {
        ["name"] = Name, ["path"] = Path, ["architecture"] = Architecture, ["parameters"] = Parameters, ["format"] = Format, ["bytes"] = Bytes,
    };

    /// <summary>The path below the folder of names.</summary>
    private static string NameOf(string path) => ModelLocator.Folders()
        .Select(f => System.IO.Path.GetRelativePath(f, path)).FirstOrDefault(r => !r.StartsWith("..", StringComparison.Ordinal)) ?? path;

    private static long BytesOf(string path) => File.Exists(path) ? new FileInfo(path).Length
        : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.TopDirectoryOnly).Sum(f => f.Length);

    private static string? TypeOf(string folder)
    {
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(folder, "config.json")))?["model_type"];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
