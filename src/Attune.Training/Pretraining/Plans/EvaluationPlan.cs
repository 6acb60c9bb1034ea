namespace Attune.Training.Pretraining;

/// <summary>What is measured while training; it changes no weight.</summary>
public sealed record EvaluationPlan
{
    /// <summary>Steps between two evaluations; 0: at the end alone.</summary>
    public int Every { get; init; } = 200;

    /// <summary>Held-out documents of each source by which the loss is measured.</summary>
    public int Documents { get; init; } = 16;

    /// <summary>Held-out episodes of each source by which learning in context is measured.</summary>
    public int Episodes { get; init; } = 32;
}
