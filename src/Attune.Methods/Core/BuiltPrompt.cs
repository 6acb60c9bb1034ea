using Attune.Data;

namespace Attune.Methods;

/// <summary>A prompt as the model sees it.</summary>
/// <param name="Tokens">Its tokens after the overflow policy; empty if dropped.</param>
/// <param name="Text">Its text before the policy cut any tokens.</param>
/// <param name="Overflow">What the policy did: "" for nothing.</param>
/// <param name="Dropped">Whether the row is left out.</param>
public sealed record BuiltPrompt(int[] Tokens, string Text, string Overflow, bool Dropped)
{
    /// <summary>The demonstrations that stand in it.</summary>
    public IReadOnlyList<Example> Demonstrations { get; init; } = [];
}
