namespace Attune.Models.Generation;

/// <summary>
/// Sequences that were computed before, by their tokens, under a memory limit: what a new one shares with them from its first token on need not be
/// computed again. One call at a time.
/// </summary>
public abstract class SequenceCache : IDisposable
{
    /// <summary>Pages of 16 tokens that may be at work at once.</summary>
    public abstract int Capacity { get; }

    /// <summary>An empty sequence.</summary>
    public abstract CachedSequence Begin();

    /// <summary>A sequence that holds the longest cached prefix of <paramref name="tokens"/> that is to be had, at most <paramref name="limit"/> tokens of it.</summary>
    /// <param name="stateKey">Sets of interventions that change hidden states are kept apart.</param>
    public abstract CachedSequence Find(string stateKey, ReadOnlySpan<int> tokens, int limit);

    /// <summary>Keeps a computed sequence for later ones.</summary>
    public abstract void Insert(string stateKey, ReadOnlySpan<int> tokens, CachedSequence sequence);

    /// <summary>Forgets everything cached under <paramref name="stateKey"/>.</summary>
    public abstract void Forget(string stateKey);

    /// <summary>Gives about <paramref name="bytes"/> back to the system, what was used longest ago first; answers how many.</summary>
    public abstract long GiveUp(long bytes);

    /// <summary>Gives the memory of what nobody uses back.</summary>
    public abstract void Trim();

    /// <summary>Marks the calling thread as the one at work: until the end of the scope no other's shortage takes any memory here.</summary>
    public abstract Lock.Scope Enter();

    public abstract void Dispose();
}
