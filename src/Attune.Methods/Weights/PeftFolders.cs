using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods.Adapters;
using Attune.Tensors;

namespace Attune.Methods.Weights;

/// <summary>Folders that PEFT has saved, as adaptations.</summary>
public static class PeftFolders
{
    public const string ConfigurationName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";

    /// <summary>What stands as an adaptation's method where an adapter came from elsewhere.</summary>
    public const string Method = "peft";

    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, ConfigurationName));

    /// <summary>The adapter of a folder as an adaptation for a task; any model that it fits may be given.</summary>
    /// <exception cref="AttuneException">Its kind is not known, or it is damaged.</exception>
    public static Adaptation Load(string folder, TaskSpec task) => new(
        task, [new AdapterIntervention(AdapterKinds.Known(PeftFolder.Read(folder)))],
        new Provenance(Method, "{}", task.Name, "", "", 0, 0, typeof(PeftFolders).Assembly.GetName().Version!.ToString(3)));

    /// <summary>What the folder calls its base model; null where it does not say.</summary>
    public static string? BaseModel(string folder) => Read(folder)["base_model_name_or_path"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <exception cref="AttuneException">The configuration is no JSON object.</exception>
    public static JsonObject Read(string folder)
    {
        var path = Path.Combine(folder, ConfigurationName);
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new AttuneException($"'{path}' is no JSON object");
        }
        catch (JsonException e)
        {
            throw new AttuneException($"'{path}' is not valid JSON ({e.Message})", AttuneErrorKind.Request, e);
        }
    }
}
