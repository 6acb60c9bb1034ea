namespace Attune.Tensors;

/// <summary>A loop that does nothing but load one of the machine's limits.</summary>
/// <param name="work">Does some turns as one of some threads: (turns, thread, threads).</param>
internal sealed unsafe class PeakLoop(string instruction, double amountOfTurn, Action<long, int, int> work, long leastTurns = 1 << 12, long mostTurns = 1L << 40, NativeBuffer? memory = null) : IDisposable
{
    public string Instruction => instruction;

    /// <summary>Operations or bytes of a turn of one thread.</summary>
    public double AmountOfTurn => amountOfTurn;

    public long LeastTurns => leastTurns;

    public long MostTurns => mostTurns;

    /// <summary>Each of <paramref name="threads"/> threads does <paramref name="turns"/>.</summary>
    public void Run(int threads, long turns)
    {
        if (threads == 1)
        {
            work(turns, 0, 1);
            return;
        }
        var job = new Job { Turns = turns, Threads = threads };
        ThreadTeam.Run(&Item, work, &job, threads);
    }

    /// <summary>All threads together do about <paramref name="turns"/>.</summary>
    public void RunShared(double turns) => Run(ThreadTeam.Threads, (long)(turns / ThreadTeam.Threads));

    public void Dispose() => memory?.Dispose();

    private struct Job
    {
        public long Turns;
        public int Threads;
    }

    private static void Item(object? state, void* context, int item, int worker)
    {
        ref var job = ref *(Job*)context;
        ((Action<long, int, int>)state!)(job.Turns, item, job.Threads);
    }
}
