namespace Attune.Tensors;

/// <summary>
/// Threads that share one piece of work and meet again: fork and join, in microseconds, because the members spin briefly
/// before they sleep. Items are taken one by one; which thread takes which must never matter for the result.
/// A call from inside a call, or while another thread's call runs, does its items alone on the calling thread.
/// </summary>
public static unsafe class ThreadTeam
{
    /// <summary>Turns of the spin loop before a member sleeps: about 30 µs, longer than the gap between two layers' products.</summary>
    private const int SpinTurns = 600;

    private static readonly object Entry = new();
    private static readonly List<Member> Members = [];
    private static readonly NativeBuffer?[] Scratches = new NativeBuffer?[MaximumThreads + 1];
    private static readonly int Available = ReadThreads();
    private static int threads = Available;

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

    /// <summary>Threads in use: ATTUNE_THREADS or all cores; tests and --threads set it lower or higher.</summary>
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
        {
            slot?.Dispose();
            slot = new NativeBuffer(Math.Max(bytes, 1 << 16));
        }
        return slot.Pointer;
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
        var spin = 0;
        while (Volatile.Read(ref running) > 0)
        {
            Thread.SpinWait(8);
            if (++spin > 2_000)
                Thread.Yield();
        }
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

    private static int ReadThreads()
    {
        var text = Environment.GetEnvironmentVariable("ATTUNE_THREADS");
        if (string.IsNullOrEmpty(text))
            return Math.Min(Environment.ProcessorCount, MaximumThreads);
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
            for (var turn = 0; turn < SpinTurns; turn++)
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
