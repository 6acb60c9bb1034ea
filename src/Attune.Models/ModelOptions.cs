namespace Attune.Models;

/// <summary>Choices of how a model computes that its files leave open.</summary>
public sealed record ModelOptions
{
    /// <summary>Whose length decides rotary frequencies where these depend on a length (dynamic NTK, longrope).</summary>
    public RopeLength RopeLength { get; init; }

    /// <summary>
    /// Falcon's linear biases are added twice, as transformers' eager attention has it (once to the scores, once in its mask); only to compare with that. Its other
    /// attention, and so the trained models, add them once.
    /// </summary>
    public bool FalconBiasTwice { get; init; }

    /// <summary>The checkpoint's layer behind each of the model's, where an adapter repeats layers; null: as they are.</summary>
    public IReadOnlyList<int>? RepeatedLayers { get; init; }
}
