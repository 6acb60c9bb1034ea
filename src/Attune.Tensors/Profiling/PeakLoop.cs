namespace Attune.Tensors;

/// <summary>A loop that does nothing but load one of the machine's limits.</summary>
/// <param name="amountOfTurn">Operations or bytes of a turn of one thread, of so many threads.</param>
/// <param name="work">Does some turns as one of some threads: (turns, thread, threads).</param>
/// <param name="memory">What it reads, disposed with it.</param>
internal sealed unsafe class PeakLoop(string instruction, Func<int, double> amountOfTurn, Action<long, int, int> work, NativeBuffer? memory = null) : IDisposable
{
    public string Instruction => instruction;

    /// <summary>Operations or bytes of a turn of one thread.</summary>
    public double AmountOfTurn(int threads) => amountOfTurn(threads);

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
