namespace Attune.Training.Pretraining;

/// <summary>A training that is asked for.</summary>
public sealed record PretrainingRequest
{
    /// <summary>vocab_size may be left out of its configuration; then it is the tokenizer's.</summary>
    public required PretrainingPlan Plan { get; init; }

    /// <summary>Sources that are not prepared yet.</summary>
    public required IReadOnlyList<MixturePart> Sources { get; init; }

    public required TokenizerPlan Tokenizer { get; init; }

    /// <summary>Takes checkpoints, the model and all that belongs to the run; one that began before goes on.</summary>
    public required string Folder { get; init; }

    /// <summary>Training stops behind this step, and the same request without it goes on; null: the plan's last.</summary>
    public int? StopAfter { get; init; }

    /// <summary>Memory that must not be exceeded, in bytes; null: what the machine has.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>What the model card says besides what is known anyway.</summary>
    public ModelCardText Card { get; init; } = new();
}
