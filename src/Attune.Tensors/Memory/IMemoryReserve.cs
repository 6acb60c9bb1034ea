namespace Attune.Tensors;

/// <summary>Something that holds memory it could do without: a cache.</summary>
public interface IMemoryReserve
{
    /// <summary>Gives back about <paramref name="bytes"/>, least useful first; answers how many it gave. May be called by any thread; never waits.</summary>
    long GiveUp(long bytes);
}
