using System.Text.Json.Nodes;
using Attune.Data;

namespace Attune.Methods.Adapters;

/// <summary>Folders that PEFT has saved, as adaptations.</summary>
public static class PeftAdaptations
{
    /// <summary>What stands as an adaptation's method where an adapter came from elsewhere.</summary>
    public const string Method = "peft";

    public static bool IsOne(string folder) => File.Exists(Path.Combine(folder, PeftFolder.ConfigurationName));

    /// <summary>The adapter of a folder as an adaptation for a task; any model that it fits may be given.</summary>
    /// <exception cref="Attune.Tensors.AttuneException">It is damaged.</exception>
    public static Adaptation Load(string folder, TaskSpec task) => new(
        task, [new AdapterIntervention(PeftFolder.Read(folder))],
        new Provenance(Method, "{}", task.Name, "", "", 0, 0, typeof(PeftAdaptations).Assembly.GetName().Version!.ToString(3)));

    /// <summary>What the folder calls its base model; null where it does not say.</summary>
    public static string? BaseModel(string folder) =>
        PeftFolder.Read(folder).Configuration["base_model_name_or_path"] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
