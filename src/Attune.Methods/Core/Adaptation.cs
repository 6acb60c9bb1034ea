using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Methods;

/// <summary>
/// What fitting gives: an immutable, ordered bundle of interventions for one task, with its provenance. It saves to a folder, loads back
/// to identical results, and stacks with others.
/// </summary>
/// <param name="Task">The task, with labels and template.</param>
/// <param name="Interventions">In the order in which they act.</param>
public sealed record Adaptation(TaskSpec Task, IReadOnlyList<Intervention> Interventions, Provenance Provenance)
{
    /// <summary>Numbers that were trained.</summary>
    public long TrainedParameters => Interventions.Sum(i => i.TrainedParameters);

    /// <summary>Findings of fitting that a person should see.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>This adaptation, then the other's interventions.</summary>
    /// <exception cref="AttuneException">They are for different tasks, or both decide the same thing.</exception>
    public Adaptation Stack(Adaptation other)
    {
        if (Task.Kind != other.Task.Kind || !Task.Labels.SequenceEqual(other.Task.Labels) || !JsonNode.DeepEquals(Task.Template.ToJson(), other.Task.Template.ToJson()))
            throw new AttuneException($"{Provenance.Method} and {other.Provenance.Method} were fitted for different labels or templates and cannot be stacked");
        if (Interventions.Any(i => i is IHeadIntervention) || other.Interventions.Any(i => i is IHeadIntervention))
            throw new AttuneException($"{Provenance.Method} on {other.Provenance.Method}: a head predicts by itself, so nothing can stand behind or before it");
        if (Interventions.Any(i => i is IPromptIntervention) && other.Interventions.Any(i => i is IPromptIntervention))
            throw new AttuneException($"{Provenance.Method} and {other.Provenance.Method} both choose the demonstrations; stack only one of them");
        if (Interventions.Select(i => i.GetType()).Intersect(other.Interventions.Select(i => i.GetType())).FirstOrDefault() is { } twice)
            throw new AttuneException($"{Provenance.Method} and {other.Provenance.Method} both bring {twice.Name} to the same place; stack only one of them");
        return this with
        {
            Interventions = [.. Interventions, .. other.Interventions],
            Notes = [.. Notes, .. other.Notes],
            Provenance = Provenance with
            {
                Method = $"{Provenance.Method}+{other.Provenance.Method}",
                Options = $"[{Provenance.Options},{other.Provenance.Options}]",
                Encoder = Provenance.Encoder.Length > 0 ? Provenance.Encoder : other.Provenance.Encoder,
                Model = Provenance.Model.Length > 0 ? Provenance.Model : other.Provenance.Model,
            },
        };
    }
}
