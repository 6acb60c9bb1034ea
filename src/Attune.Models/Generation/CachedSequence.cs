namespace Attune.Models.Generation;

/// <summary>What a model keeps of one sequence's tokens so that they need not be computed again: keys and values, or a state.</summary>
public abstract class CachedSequence : IDisposable
{
    /// <summary>Tokens cached.</summary>
    public int Length { get; private set; }

    /// <summary>The keys and values of what an encoder read, to which the decoder of this sequence attends; null in models without an encoder. Not its own.</summary>
    public CachedSequence? Source { get; init; }

    /// <summary>A sequence that goes on from this one.</summary>
    public abstract CachedSequence Fork();

    /// <summary>Makes room for <paramref name="tokens"/> more, which the forward pass then writes.</summary>
    public abstract void Reserve(int tokens);

    /// <summary>Says that <paramref name="tokens"/> more have been written in every layer.</summary>
    public void Advance(int tokens) => Length += tokens;

    public abstract void Dispose();

    /// <summary>Says that nothing is cached.</summary>
    protected void Clear() => Length = 0;
}
