using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Models.Saving;

/// <summary>Writes a model that was trained here as a folder in Hugging Face layout.</summary>
public static class NewModelFolder
{
    /// <summary>
    /// Writes config.json, model.safetensors, tokenizer.json, generation_config.json and README.md beside the output and gives the folder its name at the end.
    /// </summary>
    /// <param name="configuration">The keys of config.json; the type of the numbers is set to what is written.</param>
    /// <param name="tokenizer">The text of tokenizer.json.</param>
    /// <param name="card">The text of README.md.</param>
    /// <param name="others">Further files by name.</param>
    /// <exception cref="AttuneException">The folder holds other files than a model has, or cannot be written.</exception>
    public static void Write(string output, JsonObject configuration, IReadOnlyList<TensorToWrite> tensors, string tokenizer, int? endId, string card, IReadOnlyDictionary<string, string>? others = null)
    {
        OutputFolder.RequireReplaceable(output, ["README.md", .. others?.Keys ?? []]);
        var staging = OutputFolder.Staging(output);
        Directory.CreateDirectory(staging);
        try
        {
            var json = configuration.DeepClone().AsObject();
            json.Remove("torch_dtype");
            json["dtype"] = tensors[0].Type switch { TensorType.F16 => "float16", TensorType.BF16 => "bfloat16", _ => "float32" };
            FolderConfiguration.NameClass(json);
            FolderSaving.WriteJson(Path.Combine(staging, "config.json"), json);
            SafetensorsWriter.Write(Path.Combine(staging, SafetensorsFolder.SingleName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
            File.WriteAllText(Path.Combine(staging, "tokenizer.json"), tokenizer);
            if (endId is { } end)
                FolderSaving.WriteJson(Path.Combine(staging, "generation_config.json"), new JsonObject { ["eos_token_id"] = end });
            File.WriteAllText(Path.Combine(staging, "README.md"), card);
            foreach (var (name, text) in others ?? new Dictionary<string, string>())
                File.WriteAllText(Path.Combine(staging, name), text);
            OutputFolder.Replace(staging, output);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }
}
