namespace Attune.Training.Pretraining;

/// <summary>When training is kept.</summary>
public sealed record CheckpointPlan
{
    /// <summary>Steps between two checkpoints.</summary>
    public int Every { get; init; } = 200;

    /// <summary>Checkpoints that are kept.</summary>
    public int Keep { get; init; } = 2;
}
