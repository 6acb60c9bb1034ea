using System.Text.Json.Nodes;
using Attune.Models.Saving;

namespace Attune.Training.Pretraining;

/// <summary>The model that a training gives: a folder in Hugging Face layout with its card.</summary>
internal static class WrittenModel
{
    /// <summary>Writes the weights as they are, or their average; returns the folder.</summary>
    /// <param name="startHash">Of the weights that training began with; null: it began from nothing.</param>
    public static string Write(PretrainingRequest request, PretrainingTokenizer tokenizer, TrainingState state, int step, string? startHash)
    {
        var (plan, folder) = (request.Plan, Path.Combine(request.Folder, Pretrainer.ModelFolder));
        RunFolder.RequireReplaceable(request.Folder);
        var card = ModelCard.Write(request, state.Trained.Count, step, state.Mixture.State, state.Curves, state.Seconds, startHash);
        var others = new Dictionary<string, string>(StringComparer.Ordinal) { [PretrainingTokenizer.SettingsFile] = tokenizer.Settings(plan.Context) };
        state.WithAverage(() => NewModelFolder.Write(folder, plan.Configuration, state.Trained.Tensors(plan.Precision), tokenizer.Json, tokenizer.EndId, card, others));
        RunFolder.Sweep(request.Folder);
        return folder;
    }
}
