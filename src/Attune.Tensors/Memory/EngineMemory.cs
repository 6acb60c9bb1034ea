namespace Attune.Tensors;

/// <summary>
/// Counts the native bytes that the engine holds, and its high-water mark, which results record for each cell. Where a limit is set and near,
/// caches give memory back before anything fails.
/// </summary>
public static class EngineMemory
{
    private static readonly Lock Gate = new();
    private static readonly List<WeakReference<IMemoryReserve>> Reserves = [];
    private static long current;
    private static long peak;
    private static long limit = long.MaxValue;

    /// <summary>Bytes held now.</summary>
    public static long CurrentBytes => Interlocked.Read(ref current);

    /// <summary>Most bytes held since <see cref="ResetPeak"/>.</summary>
    public static long PeakBytes => Interlocked.Read(ref peak);

    /// <summary>Bytes that must not be exceeded (--limit-memory).</summary>
    public static long Limit
    {
        get => Interlocked.Read(ref limit);
        set => Interlocked.Exchange(ref limit, value);
    }

    public static void ResetPeak() => Interlocked.Exchange(ref peak, CurrentBytes);

    /// <summary>Makes a cache one that is asked to shrink when the limit is near. It is held weakly.</summary>
    public static void Register(IMemoryReserve reserve)
    {
        lock (Gate)
        {
            Reserves.RemoveAll(r => !r.TryGetTarget(out _));
            Reserves.Add(new WeakReference<IMemoryReserve>(reserve));
        }
    }

    /// <summary>Says before the work that it will need <paramref name="bytes"/> more.</summary>
    /// <param name="what">For the message: "for the weights of 'model.gguf'".</param>
    /// <exception cref="MemoryLimitException">They would exceed the limit whatever caches give back.</exception>
    public static void Require(long bytes, string what)
    {
        if (CurrentBytes + bytes > Limit && !Relieve(bytes))
            throw new MemoryLimitException(" " + what, CurrentBytes + bytes, Limit);
    }

    /// <summary>Asks caches to give back what is missing for <paramref name="bytes"/> more; false if too little came.</summary>
    internal static bool Relieve(long bytes)
    {
        IMemoryReserve[] known;
        lock (Gate)
            known = [.. Reserves.Select(r => r.TryGetTarget(out var reserve) ? reserve : null).OfType<IMemoryReserve>()];
        foreach (var reserve in known)
        {
            if (CurrentBytes + bytes <= Limit)
                break;
            reserve.GiveUp(CurrentBytes + bytes - Limit);
        }
        return CurrentBytes + bytes <= Limit;
    }

    internal static void Take(long bytes)
    {
        var now = Interlocked.Add(ref current, bytes);
        while (now > Limit)
        {
            Interlocked.Add(ref current, -bytes);
            if (!Relieve(bytes))
                throw new MemoryLimitException("", CurrentBytes + bytes, Limit);
            now = Interlocked.Add(ref current, bytes);
        }
        for (var seen = PeakBytes; now > seen; seen = PeakBytes)
            if (Interlocked.CompareExchange(ref peak, now, seen) == seen)
                break;
    }

    internal static void Give(long bytes) => Interlocked.Add(ref current, -bytes);
}
