using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Saving;

/// <summary>A model's files, open, with its tensors under the names and in the row order of a Hugging Face checkpoint.</summary>
internal sealed class StoredModel : IDisposable
{
    private readonly ITensorSource source;

    private StoredModel(string path, ITensorSource source, JsonObject configuration, IArchitecture? architecture)
    {
        (Path, this.source, Configuration, Architecture) = (path, source, configuration, architecture);
        HeadDim = Json.OptionalInteger("head_dim")
            ?? (Json.OptionalInteger("hidden_size") is { } hidden && Json.OptionalInteger("num_attention_heads") is { } heads and > 0 ? hidden / heads : 0);
    }

    public string Path { get; }

    /// <summary>Under the names of config.json.</summary>
    public JsonObject Configuration { get; }

    public ConfigurationJson Json => new(Configuration, Path);

    /// <summary>Null where it is not known here; its files can be copied all the same.</summary>
    public IArchitecture? Architecture { get; }

    public GgufFile? Gguf => source as GgufFile;

    public SafetensorsFolder? Folder => source as SafetensorsFolder;

    public IReadOnlyDictionary<string, StoredTensor> Tensors => source.Tensors;

    public int HeadDim { get; }

    /// <exception cref="ModelFileException">The path holds no model, or a broken one.</exception>
    public static StoredModel Open(string path)
    {
        if (!Directory.Exists(path))
            return OpenGguf(path);
        var file = System.IO.Path.Combine(path, "config.json");
        var configuration = ReadObject(file);
        var type = (configuration["model_type"] as JsonValue)?.ToString();
        return new StoredModel(path, SafetensorsFolder.Open(path), configuration, ArchitectureCatalog.All.FirstOrDefault(a => a.ModelTypes.Contains(type)));
    }

    /// <summary>The checkpoint's name of a tensor of the file; null where a GGUF name is not known.</summary>
    public string? NameOf(StoredTensor tensor) => Gguf is null ? tensor.Info.Name : Architecture?.Gguf?.CheckpointNameOf(tensor.Info.Name);

    /// <summary>The tensor of a checkpoint's name; null where there is none.</summary>
    public StoredTensor? Find(string name) =>
        source.Tensors.GetValueOrDefault(Gguf is null ? name : Architecture?.Gguf?.NameOf(name) ?? name);

    /// <summary>Whether rows of heads stand in the order of GGUF files rather than of the checkpoint.</summary>
    public bool IsInterleaved(string name) => Gguf is not null && Architecture?.Gguf?.IsInterleaved(name) == true;

    public void Dispose() => source.Dispose();

    public static JsonObject ReadObject(string path) => JsonFile.ReadObject(path);

    private static StoredModel OpenGguf(string path)
    {
        var file = GgufFile.Open(path);
        try
        {
            var name = file.Metadata.FindText("general.architecture");
            var architecture = ArchitectureCatalog.FindGguf(name, file.Metadata);
            var configuration = architecture?.Gguf?.Configuration(file.Metadata, n => file.Tensors.ContainsKey(architecture.Gguf.NameOf(n)));
            return new StoredModel(path, file, configuration ?? [], architecture);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
