namespace Attune.Models;

/// <summary>Choices of how a model computes that its files leave open.</summary>
public sealed record ModelOptions
{
    /// <summary>Whose length decides rotary frequencies where these depend on a length (dynamic NTK, longrope).</summary>
    public RopeLength RopeLength { get; init; }

    /// <summary>The checkpoint's layer behind each of the model's, where an adapter repeats layers; null: as they are.</summary>
    public IReadOnlyList<int>? RepeatedLayers { get; init; }
}
