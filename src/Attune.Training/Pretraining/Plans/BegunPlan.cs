using System.Text.Json.Nodes;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>The plan that a run was begun with.</summary>
internal static class BegunPlan
{
    /// <summary>Compares all that is known before the tokenizer is: sizes, optimizer, sources.</summary>
    /// <exception cref="AttuneException">Something differs; the message says what.</exception>
    public static void RequireSame(PretrainingRequest request, JsonObject begun)
    {
        var identity = request.Plan.Identity(request.Sources, (string?)begun["tokenizer"] ?? "");
        // What the tokenizer decides, and what is taken from the plan where it is left out.
        if (identity["model"] is JsonObject model && begun["model"] is JsonObject before)
            foreach (var key in Pretrainer.FilledKeys.Where(k => !model.ContainsKey(k) && before.ContainsKey(k)))
                model[key] = before[key]?.DeepClone();
        RequireSame(request.Folder, begun, identity);
    }

    /// <inheritdoc cref="RequireSame(PretrainingRequest, JsonObject)"/>
    public static void RequireSame(string folder, JsonNode? begun, JsonObject now)
    {
        var differences = PlanDifference.Of(begun, JsonNode.Parse(now.ToJsonString()));
        if (differences.Count > 0)
            throw new AttuneException($"'{folder}' holds a training with another plan ({string.Join("; ", differences)}); restore that, or give another folder with -o");
    }
}
