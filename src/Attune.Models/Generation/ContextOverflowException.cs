using Attune.Tensors;

namespace Attune.Models.Generation;

/// <summary>A prompt is longer than the model's context.</summary>
public sealed class ContextOverflowException(int tokens, int limit)
    : AttuneException($"a prompt has {tokens} tokens but the model's context holds {limit}; use fewer or shorter demonstrations, or --on-overflow drop, drop-shots or truncate")
{
    public int Tokens { get; } = tokens;

    public int Limit { get; } = limit;
}
