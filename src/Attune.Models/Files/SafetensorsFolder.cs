namespace Attune.Models.Files;

/// <summary>
/// A folder as Hugging Face saves a model: <c>model.safetensors</c>, or shards listed in <c>model.safetensors.index.json</c>.
/// Shards and index must agree: every tensor in the shard the index names, and no other.
/// </summary>
public sealed class SafetensorsFolder : ITensorSource
{
    internal const string SingleName = "model.safetensors";
    internal const string IndexName = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> shards = [];
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    private SafetensorsFolder(string folder) => Path = folder;

    /// <summary>The folder as it was given.</summary>
    public string Path { get; }

    /// <summary>The files that are open, in the order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Files => shards;

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    /// <summary>Opens the single file if there is one, else the shards of the index.</summary>
    /// <exception cref="ModelFileException">Neither is there, or a file is broken, or shards and index differ.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw ModelFileException.In(folder, $"is not a folder; check the path");
        var source = new SafetensorsFolder(folder);
        try
        {
            var single = System.IO.Path.Combine(folder, SingleName);
            var index = System.IO.Path.Combine(folder, IndexName);
            if (File.Exists(single))
                source.AddSingle(single);
            else if (File.Exists(index))
                source.AddShards(SafetensorsIndex.Read(index));
            else
                throw ModelFileException.In(folder, $"holds neither {SingleName} nor {IndexName}; download the model's weights as safetensors into it");
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public void Dispose() => shards.ForEach(s => s.Dispose());

    private void AddSingle(string path)
    {
        shards.Add(SafetensorsFile.Open(path));
        foreach (var (name, tensor) in shards[0].Tensors)
            tensors.Add(name, tensor);
    }

    private void AddShards(SafetensorsIndex index)
    {
        foreach (var group in index.ShardOfTensor.GroupBy(e => e.Value, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var path = System.IO.Path.Combine(Path, group.Key);
            if (!File.Exists(path))
                throw ModelFileException.In(index.Path, $"names the shard {Shown.Quoted(group.Key)}, which is not in the folder; download it");
            var shard = SafetensorsFile.Open(path);
            shards.Add(shard);
            foreach (var (name, _) in group)
                tensors.Add(name, shard.Tensors.TryGetValue(name, out var tensor) ? tensor : throw Missing(index, name, group.Key));
            if (shard.Tensors.Keys.FirstOrDefault(n => !(index.ShardOfTensor.TryGetValue(n, out var s) && s == group.Key)) is { } extra)
                throw ModelFileException.In(index.Path, $"does not name tensor {Shown.Quoted(extra)}, which the shard {Shown.Quoted(group.Key)} holds: index and shards are of different downloads; download the folder again");
        }
    }

    private static ModelFileException Missing(SafetensorsIndex index, string name, string shard) =>
        ModelFileException.In(index.Path, $"puts tensor {Shown.Quoted(name)} in {Shown.Quoted(shard)}, which lacks it: index and shards are of different downloads; download the folder again");
}
