namespace Attune.Models;

/// <summary>Choices of how a model computes that its files leave open.</summary>
public sealed record ModelOptions
{
    /// <summary>Whose length decides rotary frequencies where these depend on a length (dynamic NTK, longrope).</summary>
    public RopeLength RopeLength { get; init; }
}
