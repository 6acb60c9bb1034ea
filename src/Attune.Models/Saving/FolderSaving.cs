using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Models as folders in Hugging Face layout; the shards of a folder stay as they are cut.</summary>
internal static class FolderSaving
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every tensor with the file it goes into.</summary>
    public static List<(string File, TensorToWrite Tensor)> Tensors(StoredModel model, SaveOptions options)
    {
        if (options.Type is { } wanted && TensorTypes.SafetensorsName(wanted) is null)
            throw new AttuneException($"safetensors has no type {TensorTypes.Name(wanted)}; choose f32, f16 or bf16, or write GGUF with --to gguf");
        var changes = options.Changes.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var list = new List<(string, TensorToWrite)>();
        foreach (var stored in model.Tensors.Values)
        {
            var name = model.NameOf(stored)
                ?? throw new AttuneException($"'{model.Path}' has the tensor '{stored.Info.Name}', which config.json and a checkpoint of '{model.Architecture?.Gguf?.Name ?? "this architecture"}' have no place for; keep it as GGUF");
            var file = model.Folder is null ? SafetensorsFolder.SingleName : Path.GetFileName(stored.Path);
            var type = TypeOf(stored.Info, options.Type);
            list.Add((file, changes.Remove(name, out var change)
                ? TensorToWrite.FromFloats(name, type, change.Shape, change.Values)
                : HeadOrder.Converted(stored, type, name, model.IsInterleaved(name) ? row => HeadRows.ToPairs(row, model.HeadDim) : null)));
        }
        var last = list.Count > 0 ? list[^1].Item1 : SafetensorsFolder.SingleName;
        foreach (var change in changes.Values)
            list.Add((last, TensorToWrite.FromFloats(change.Name, options.Type ?? list[0].Item2.Type, change.Shape, change.Values)));
        return list;
    }

    public static void Write(StoredModel model, string output, IReadOnlyList<(string File, TensorToWrite Tensor)> tensors, SaveOptions options)
    {
        OutputFolder.RequireReplaceable(output, model.Folder is null ? [] : Rest(model.Path));
        var staging = OutputFolder.Staging(output);
        Directory.CreateDirectory(staging);
        try
        {
            foreach (var shard in tensors.GroupBy(t => t.File, StringComparer.Ordinal))
                SafetensorsWriter.Write(Path.Combine(staging, shard.Key), shard.Select(t => t.Tensor), new Dictionary<string, string> { ["format"] = "pt" });
            if (tensors.Select(t => t.File).Distinct(StringComparer.Ordinal).Count() > 1)
                WriteIndex(Path.Combine(staging, SafetensorsFolder.IndexName), tensors);
            WriteJson(Path.Combine(staging, "config.json"), Configuration(model, tensors, options));
            if (model.Folder is not null)
                CopyRest(model.Path, staging);
            else
                FolderTokenizer.Write(model.Gguf!, staging);
            OutputFolder.Replace(staging, output);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    public static void WriteJson(string path, JsonObject json) => File.WriteAllText(path, json.ToJsonString(Indented) + "\n");

    private static JsonObject Configuration(StoredModel model, IReadOnlyList<(string File, TensorToWrite Tensor)> tensors, SaveOptions options)
    {
        var json = model.Configuration.DeepClone().AsObject();
        if (model.Gguf is not null)
            FolderConfiguration.Complete(json, model);
        // A head of its own, where the model's was shared.
        if (options.Changes.Any(c => model.Find(c.Name) is null && tensors.Any(t => t.Tensor.Name == c.Name)) && json["tie_word_embeddings"]?.GetValueKind() != JsonValueKind.False)
            json["tie_word_embeddings"] = false;
        if (options.Type is not null || model.Gguf is not null)
        {
            json.Remove("torch_dtype");
            json["dtype"] = tensors.Where(t => t.Tensor.Shape.Count > 1).Select(t => t.Tensor.Type).FirstOrDefault() switch { TensorType.F16 => "float16", TensorType.BF16 => "bfloat16", _ => "float32" };
        }
        return json;
    }

    private static TensorType TypeOf(TensorInfo tensor, TensorType? wanted)
    {
        if (wanted is not { } type)
            return TensorTypes.SafetensorsName(tensor.Type) is null ? TensorType.F32 : tensor.Type;
        // Integers stay: they are buffers.
        var plain = TensorConversion.TypeFor(tensor with { Name = "matrix", Shape = [2, 2] }, TensorType.F32);
        return plain == TensorType.F32 ? type : tensor.Type;
    }

    private static void WriteIndex(string path, IReadOnlyList<(string File, TensorToWrite Tensor)> tensors)
    {
        var map = new JsonObject();
        foreach (var (file, tensor) in tensors.OrderBy(t => t.Tensor.Name, StringComparer.Ordinal))
            map[tensor.Name] = file;
        WriteJson(path, new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(t => t.Tensor.Bytes) }, ["weight_map"] = map });
    }

    /// <summary>Tokenizer, template and all other small files; no weights of any kind, and no record of a pull, whose hashes no longer hold.</summary>
    private static void CopyRest(string from, string to)
    {
        foreach (var name in Rest(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, name))!);
            File.Copy(Path.Combine(from, name), Path.Combine(to, name));
        }
    }

    /// <summary>The names of what is copied, relative to the folder.</summary>
    private static List<string> Rest(string from)
    {
        string[] weights = [".safetensors", ".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".gguf", ".ckpt"];
        return
        [
            .. Directory.GetFiles(from).Select(f => Path.GetFileName(f)).Where(n =>
                n != "config.json" && !n.EndsWith(".index.json", StringComparison.Ordinal) && !weights.Contains(Path.GetExtension(n).ToLowerInvariant())),
            .. Directory.GetDirectories(from).Select(f => Path.Combine(Path.GetFileName(f), "config.json")).Where(n => File.Exists(Path.Combine(from, n))),
        ];
    }
}
