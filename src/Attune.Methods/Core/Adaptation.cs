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
        if (!Task.Labels.SequenceEqual(other.Task.Labels))
            throw new AttuneException($"{Provenance.Method} and {other.Provenance.Method} were fitted for different labels and cannot be stacked");
        if (Interventions.Any(i => i is IHeadIntervention) || other.Interventions.Any(i => i is IHeadIntervention))
            throw new AttuneException($"{Provenance.Method} on {other.Provenance.Method}: a head predicts by itself, so nothing can stand behind or before it");
        if (Interventions.Any(i => i is IPromptIntervention) && other.Interventions.Any(i => i is IPromptIntervention))
            throw new AttuneException($"{Provenance.Method} and {other.Provenance.Method} both choose the demonstrations; stack only one of them");
        return this with
        {
            Interventions = [.. Interventions, .. other.Interventions],
            Provenance = Provenance with { Method = $"{Provenance.Method}+{other.Provenance.Method}" },
        };
    }
}
