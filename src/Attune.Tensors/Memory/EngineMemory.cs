namespace Attune.Tensors;

/// <summary>Counts the native bytes that the engine holds, and its high-water mark, which results record for each cell.</summary>
public static class EngineMemory
{
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

    internal static void Take(long bytes)
    {
        var now = Interlocked.Add(ref current, bytes);
        if (now > Limit)
        {
            Interlocked.Add(ref current, -bytes);
            throw new AttuneException($"{now / 1048576.0:0} MiB of memory are needed but the limit is {Limit / 1048576.0:0} MiB; raise --limit-memory or choose fewer or shorter demonstrations", AttuneErrorKind.Work);
        }
        for (var seen = PeakBytes; now > seen; seen = PeakBytes)
            if (Interlocked.CompareExchange(ref peak, now, seen) == seen)
                break;
    }

    internal static void Give(long bytes) => Interlocked.Add(ref current, -bytes);
}
