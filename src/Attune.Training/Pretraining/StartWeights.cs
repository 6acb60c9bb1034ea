using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The weights that a training begins with.</summary>
internal static class StartWeights
{
    /// <summary>Drawn from the plan's seed, or those of the model or the checkpoint that the plan names.</summary>
    /// <exception cref="AttuneException">That model has another configuration, or cannot be read.</exception>
    public static TrainableModel Of(PretrainingPlan plan)
    {
        if (plan.Start is not { } folder)
            return Drawn(plan);
        if (CheckpointStore.IsCheckpoint(folder))
            return OfCheckpoint(plan, folder);
        RequireSame(plan, folder, JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject());
        return new TrainableModel(ModelLoader.LoadTransformer(folder));
    }

    /// <summary>The first digits of the SHA-256 of the weights' file.</summary>
    /// <exception cref="AttuneException">There is none.</exception>
    public static string Hash(string folder)
    {
        if (CheckpointStore.IsCheckpoint(folder))
            return CheckpointStore.HashOf(folder);
        var file = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(file))
            throw new AttuneException(
                $"start: '{folder}' has no model.safetensors; give the folder of a model that attune pretrain wrote, or of a checkpoint (RUN/checkpoints/step-N)");
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream))[..16];
    }

    private static TrainableModel Drawn(PretrainingPlan plan) =>
        new(NewModel.Create(plan.Configuration, new SeededRandom((ulong)plan.Seed).Fork("weights"), where: "model"));

    /// <summary>The weights themselves, not their average; the optimizer begins anew.</summary>
    private static TrainableModel OfCheckpoint(PretrainingPlan plan, string folder)
    {
        using var checkpoint = CheckpointStore.Open(folder);
        RequireSame(plan, folder, checkpoint.State["plan"]!["model"]!.AsObject());
        var trained = Drawn(plan);
        TrainingSnapshot.Load(checkpoint.Tensors, trained.Parameters, average: null);
        return trained;
    }

    private static void RequireSame(PretrainingPlan plan, string folder, JsonObject stored)
    {
        var differing = plan.Configuration.Where(e => !JsonNode.DeepEquals(e.Value, stored[e.Key]))
            .Select(e => $"{e.Key}: {stored[e.Key]?.ToJsonString() ?? "nothing"} there, {e.Value?.ToJsonString()} here").ToList();
        if (differing.Count > 0)
            throw new AttuneException($"start: '{folder}' holds a model of another configuration ({string.Join("; ", differing)}); give the same model, or leave start out");
    }
}
