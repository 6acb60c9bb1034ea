using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The weights that a training begins with.</summary>
internal static class StartWeights
{
    private static readonly string[] Files = ["config.json", "model.safetensors", "tokenizer.json"];

    /// <summary>Drawn from the plan's seed, or those of the model or the checkpoint that the plan names.</summary>
    /// <exception cref="AttuneException">That model has another configuration, or cannot be read.</exception>
    public static TrainableModel Of(PretrainingPlan plan)
    {
        if (plan.Start is not { } folder)
            return Drawn(plan);
        if (CheckpointStore.IsCheckpoint(folder))
            return OfCheckpoint(plan, folder);
        RequireSame(plan, folder, JsonFile.ReadObject(Path.Combine(folder, "config.json")));
        return new TrainableModel(ModelLoader.LoadTransformer(folder));
    }

    /// <summary>Before anything is read: the folder is one of a model or a checkpoint, and does not lie where the training writes its own.</summary>
    /// <param name="run">The folder of the training.</param>
    /// <exception cref="AttuneException">A file is missing, or the model would be replaced by what begins with it.</exception>
    public static void Require(string folder, string run)
    {
        if (!CheckpointStore.IsCheckpoint(folder) && Files.FirstOrDefault(f => !File.Exists(Path.Combine(folder, f))) is { } missing)
            throw new AttuneException($"start: '{folder}' has no {missing}; give the folder of a model that attune pretrain wrote, or of a checkpoint (RUN/checkpoints/step-N)");
        var inside = Path.GetRelativePath(Path.GetFullPath(run), Path.GetFullPath(folder));
        if (!Path.IsPathRooted(inside) && inside != ".." && !inside.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new AttuneException($"start: '{folder}' lies in the folder of the run, '{run}', where the trained model would replace it; give another folder with -o");
    }

    /// <summary>The folder's last two names: what may stand in a card.</summary>
    public static string ShortName(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return $"{Path.GetFileName(Path.GetDirectoryName(full))}/{Path.GetFileName(full)}".TrimStart('/');
    }

    /// <summary>The first digits of the SHA-256 of the weights' file.</summary>
    /// <exception cref="AttuneException">There is none.</exception>
    public static string Hash(string folder)
    {
        if (CheckpointStore.IsCheckpoint(folder))
            return CheckpointStore.HashOf(folder);
        var file = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(file))
            throw new AttuneException($"start: '{folder}' has no model.safetensors; give the folder of a model that attune pretrain wrote");
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
