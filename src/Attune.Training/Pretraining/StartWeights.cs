using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The weights that a training begins with.</summary>
internal static class StartWeights
{
    /// <summary>Drawn from the plan's seed, or those of the model that the plan names.</summary>
    /// <exception cref="AttuneException">That model has another configuration, or cannot be read.</exception>
    public static CausalLanguageModel Of(PretrainingPlan plan)
    {
        if (plan.Start is not { } folder)
            return (CausalLanguageModel)NewModel.Create(plan.Configuration, new SeededRandom((ulong)plan.Seed).Fork("weights"), where: "model");
        var stored = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        var differing = plan.Configuration.Where(e => !JsonNode.DeepEquals(e.Value, stored[e.Key])).Select(e => $"{e.Key}: {stored[e.Key]?.ToJsonString() ?? "nothing"} there, {e.Value?.ToJsonString()} here").ToList();
        if (differing.Count > 0)
            throw new AttuneException($"start: '{folder}' holds a model of another configuration ({string.Join("; ", differing)}); give the same model, or leave start out");
        return (CausalLanguageModel)ModelLoader.LoadTransformer(folder);
    }

    /// <summary>The first digits of the SHA-256 of the weights' file.</summary>
    /// <exception cref="AttuneException">There is none.</exception>
    public static string Hash(string folder)
    {
        var file = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(file))
            throw new AttuneException($"start: '{folder}' has no model.safetensors; give the folder of a model that attune pretrain wrote");
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
    }
}
