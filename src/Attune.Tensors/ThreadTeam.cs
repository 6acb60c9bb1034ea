using System.Runtime.ExceptionServices;

namespace Attune.Tensors;

/// <summary>
/// Threads that share one piece of work and meet again: fork and join, in microseconds, because the members spin briefly
/// before they sleep. Where there are more members than processors, they sleep at once: two that spin on one processor keep each other from
/// working. Items are taken one by one; which thread takes which must never matter for the result.
/// A call from inside a call, or while another thread's call runs, does its items alone on the calling thread.
/// </summary>
public static unsafe class ThreadTeam
{
    /// <summary>Turns of the spin loop before a member sleeps: about 30 µs, longer than the gap between two layers' products.</summary>
    private const int SpinTurns = 600;

    /// <summary>Turns of a caller's spin loop before it lets others run.</summary>
    private const int CallerTurns = 2_000;

    /// <summary>Processors that this process may use: what the runtime reports, within the affinity mask and the container's quota.</summary>
    public static readonly int Processors = CountProcessors(Environment.ProcessorCount, CpuPlacement.AllowedProcessors, ContainerLimits.Current.Processors);

    private static readonly object Entry = new();
    private static readonly List<Member> Members = [];
    private static readonly NativeBuffer?[] Scratches = new NativeBuffer?[MaximumThreads + 1];
    private static int threads = ReadThreads(Environment.GetEnvironmentVariable("ATTUNE_THREADS"), Processors);

    private static delegate*<object?, void*, int, int, void> work;
    private static object? state;
    private static void* context;
    private static int count;
    private static int nextItem;
    private static int running;
    private static Exception? failure;

    [ThreadStatic] private static bool inside;
    [ThreadStatic] private static NativeBuffer? ownScratch;

    public const int MaximumThreads = 256;

    /// <summary>Threads in use: ATTUNE_THREADS, or as many as <see cref="Processors"/>; tests and --threads set it lower or higher.</summary>
    public static int Threads
    {
        get => threads;
        set => threads = Math.Clamp(value, 1, MaximumThreads);
    }

    /// <summary>
    /// Calls <paramref name="job"/>(state, context, item, worker) for each item in [0, <paramref name="items"/>), in any order, on all threads.
    /// </summary>
    public static void Run(delegate*<object?, void*, int, int, void> job, object? jobState, void* jobContext, int items)
    {
        if (items <= 0)
            return;
        var helpers = Math.Min(threads, items) - 1;
        if (helpers == 0 || inside || !Monitor.TryEnter(Entry))
        {
            for (var i = 0; i < items; i++)
                job(jobState, jobContext, i, -1);
            return;
        }
        try
        {
            Fork(job, jobState, jobContext, items, helpers);
        }
        finally
        {
            Monitor.Exit(Entry);
        }
    }

    /// <summary>Memory of a worker's own, at least <paramref name="bytes"/>; the next call by the same worker reuses it.</summary>
    public static byte* Scratch(int worker, long bytes)
    {
        ref var slot = ref (worker < 0 ? ref ownScratch : ref Scratches[worker]);
        if (slot is null || slot.Bytes < bytes)
            NativeBuffer.Renew(ref slot, Math.Max(bytes, 1 << 16));
        return slot!.Pointer;
    }

    private static void Fork(delegate*<object?, void*, int, int, void> job, object? jobState, void* jobContext, int items, int helpers)
    {
        while (Members.Count < helpers)
            Members.Add(new Member(Members.Count + 1));
        work = job;
        state = jobState;
        context = jobContext;
        count = items;
        nextItem = 0;
        failure = null;
        Volatile.Write(ref running, helpers);
        CpuPlacement.NoteCaller();
        for (var i = 0; i < helpers; i++)
            Members[i].Wake();
        Take(0);
        var patience = helpers < Processors ? CallerTurns : 0;
        for (var spin = 0; Volatile.Read(ref running) > 0; spin++)
            if (spin < patience)
                Thread.SpinWait(8);
            else
                Thread.Yield();
        if (failure is AttuneException known)
            ExceptionDispatchInfo.Throw(known);
        if (failure is { } e)
            throw new AttuneException($"a worker thread failed: {e.Message}", AttuneErrorKind.Work, e);
    }

    private static void Take(int worker)
    {
        inside = true;
        try
        {
            for (var i = Interlocked.Increment(ref nextItem) - 1; i < count; i = Interlocked.Increment(ref nextItem) - 1)
                work(state, context, i, worker);
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            inside = false;
        }
    }

    /// <summary>
    /// The least of what the runtime reports, what the affinity mask allows and what the container's quota, rounded up, pays for; at least 1.
    /// The runtime follows mask and quota itself, but DOTNET_PROCESSOR_COUNT overrides both there.
    /// </summary>
    internal static int CountProcessors(int reported, int? allowed, double? quota) =>
        Math.Max(1, Math.Min(reported, Math.Min(allowed ?? int.MaxValue, quota is { } q ? (int)Math.Ceiling(Math.Min(q, MaximumThreads)) : int.MaxValue)));

    /// <exception cref="AttuneException">The text is there and no number of threads.</exception>
    internal static int ReadThreads(string? text, int processors)
    {
        if (string.IsNullOrEmpty(text))
            return Math.Min(processors, MaximumThreads);
        if (int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= MaximumThreads)
            return n;
        throw new AttuneException($"ATTUNE_THREADS is '{text}'; it must be a whole number from 1 to {MaximumThreads}");
    }

    private sealed class Member
    {
        private readonly SemaphoreSlim signal = new(0);
        private readonly int worker;
        private int ready;
        private int asleep;

        public Member(int worker)
        {
            this.worker = worker;
            new Thread(Loop) { IsBackground = true, Name = $"attune-{worker}" }.Start();
        }

        public void Wake()
        {
            Volatile.Write(ref ready, 1);
            Interlocked.MemoryBarrier();
            if (Interlocked.Exchange(ref asleep, 0) == 1)
                signal.Release();
        }

        private void Loop()
        {
            while (true)
            {
                Await();
                Volatile.Write(ref ready, 0);
                CpuPlacement.Place(worker);
                Take(worker);
                Interlocked.Decrement(ref running);
            }
        }

        private void Await()
        {
            var turns = threads <= Processors ? SpinTurns : 0;
            for (var turn = 0; turn < turns; turn++)
            {
                if (Volatile.Read(ref ready) == 1)
                    return;
                Thread.SpinWait(4);
            }
            Interlocked.Exchange(ref asleep, 1);
            if (Volatile.Read(ref ready) == 1 && Interlocked.Exchange(ref asleep, 0) == 1)
                return;
            signal.Wait();
        }
    }
}
