namespace Attune.Tensors;

/// <summary>
/// Keeps the members of a <see cref="ThreadTeam"/> on processors of their own. Some kernels, in virtual machines above all, wake a
/// thread on the processor of the thread that woke it and leave both there, beside an idle one; two spinning threads on one
/// processor are slower than one alone (measured: a third of the speed). A member that finds itself so asks to be moved. Linux only;
/// elsewhere, and where the calls are refused, nothing happens.
/// </summary>
internal static unsafe class CpuPlacement
{
    private const int MaskWords = 16;

    private static readonly ulong[]? Allowed = ReadAllowed();
    private static readonly int[] Taken = new int[ThreadTeam.MaximumThreads + 1];

    /// <summary>Notes where the caller, worker 0, runs.</summary>
    public static void NoteCaller()
    {
        if (Allowed is not null)
            Volatile.Write(ref Taken[0], Current() + 1);
    }

    /// <summary>Notes where a member runs; if a worker before it is on the same processor, moves it to another.</summary>
    public static void Place(int worker)
    {
        if (Allowed is null)
            return;
        var own = Current() + 1;
        for (var i = 0; i < worker; i++)
            if (Volatile.Read(ref Taken[i]) == own && own > 0)
            {
                MoveAway(worker);
                own = Current() + 1;
                break;
            }
        Volatile.Write(ref Taken[worker], own);
    }

    private static void MoveAway(int worker)
    {
        var mask = stackalloc ulong[MaskWords];
        for (var i = 0; i < MaskWords; i++)
            mask[i] = Allowed![i];
        for (var i = 0; i < worker; i++)
            if (Volatile.Read(ref Taken[i]) - 1 is >= 0 and < MaskWords * 64 and var cpu)
                mask[cpu / 64] &= ~(1UL << (cpu % 64));
        var any = 0UL;
        for (var i = 0; i < MaskWords; i++)
            any |= mask[i];
        if (any != 0)
            _ = PlatformCalls.SetAffinity(0, MaskWords * sizeof(ulong), mask);
    }

    private static int Current() => PlatformCalls.CurrentProcessor();

    private static ulong[]? ReadAllowed()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var mask = new ulong[MaskWords];
            fixed (ulong* p = mask)
                return PlatformCalls.GetAffinity(0, MaskWords * sizeof(ulong), p) == 0 && PlatformCalls.CurrentProcessor() >= 0 ? mask : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }
}
