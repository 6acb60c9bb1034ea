using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>
/// An adapter as PEFT saves it: adapter_config.json, whose keys and order are kept, and the tensors of adapter_model.safetensors by name. Where the
/// file lacks what is needed to train on (a prompt's encoder), training_state.safetensors may stand beside it.
/// </summary>
public sealed class PeftFolder
{
    public const string ConfigurationName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";
    public const string StateName = "training_state.safetensors";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 1, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public PeftFolder(JsonObject configuration, IEnumerable<PeftTensor> tensors, IEnumerable<PeftTensor>? state = null)
    {
        Configuration = configuration;
        foreach (var tensor in tensors)
            Tensors.Add(tensor.Name, tensor);
        foreach (var tensor in state ?? [])
            State.Add(tensor.Name, tensor);
    }

    /// <summary>Where it was read from; for messages.</summary>
    public string Path { get; init; } = "the adapter";

    /// <summary>adapter_config.json.</summary>
    public JsonObject Configuration { get; }

    /// <summary>adapter_model.safetensors, in the file's order.</summary>
    public OrderedDictionary<string, PeftTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>training_state.safetensors; empty where there is none.</summary>
    public OrderedDictionary<string, PeftTensor> State { get; } = new(StringComparer.Ordinal);

    /// <summary>The header's metadata; null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>The adapter's kind: "LORA".</summary>
    public string PeftType => Configuration["peft_type"] is JsonValue v && v.TryGetValue<string>(out var text) ? text
        : throw new AttuneException($"'{Path}' has no peft_type in its {ConfigurationName}; give a folder that PEFT has saved");

    /// <exception cref="AttuneException">The folder holds no adapter, or a damaged one.</exception>
    public static PeftFolder Read(string folder)
    {
        var path = System.IO.Path.Combine(folder, ConfigurationName);
        if (!File.Exists(path))
            throw new AttuneException($"'{folder}' has no {ConfigurationName}; give a folder that PEFT has saved");
        var weights = System.IO.Path.Combine(folder, WeightsName);
        if (!File.Exists(weights))
            throw new AttuneException($"'{folder}' has no {WeightsName}; give a folder that PEFT has saved with safetensors");
        using var file = SafetensorsFile.Open(weights);
        var state = System.IO.Path.Combine(folder, StateName);
        using var more = File.Exists(state) ? SafetensorsFile.Open(state) : null;
        return new PeftFolder(JsonFile.ReadObject(path), file.Tensors.Values.Select(PeftTensor.From), more?.Tensors.Values.Select(PeftTensor.From)) { Path = folder, Metadata = file.Metadata };
    }

    /// <exception cref="AttuneException">A file could not be written.</exception>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(folder, ConfigurationName), Configuration.ToJsonString(Indented));
        SafetensorsWriter.Write(System.IO.Path.Combine(folder, WeightsName), Tensors.Values.Select(t => t.ToWrite()), Metadata);
        if (State.Count > 0)
            SafetensorsWriter.Write(System.IO.Path.Combine(folder, StateName), State.Values.Select(t => t.ToWrite()));
    }

    /// <summary>The same folder with other numbers in some tensors, by name.</summary>
    internal PeftFolder With(Func<PeftTensor, PeftTensor> change) =>
        new((JsonObject)Configuration.DeepClone(), Tensors.Values.Select(change), State.Values.Select(change)) { Path = Path, Metadata = Metadata };
}
