using System.Diagnostics;

namespace Attune.Tensors;

/// <summary>
/// What this machine can do at best: multiply-adds that never leave the registers, and reading memory from end to end. Measured each time, since
/// clock rates and neighbours change; the best of several runs, for a limit is not an average.
/// </summary>
public sealed record MachineLimits(int Threads, MachineLimit Float32, MachineLimit BFloat16, MachineLimit Int8, MachineLimit Memory)
{
    /// <summary>Larger than the caches of all but few processors.</summary>
    private const long MemoryBytes = 256L << 20;

    private const int Runs = 9;
    private const double SecondsOfRun = 0.02;

    /// <summary>Measures on one thread and on <see cref="ThreadTeam.Threads"/>; takes about two seconds.</summary>
    public static MachineLimits Measure()
    {
        var memory = PeakLoops.Memory(MemoryBytes);
        try
        {
            return new MachineLimits(ThreadTeam.Threads, Measure(PeakLoops.Float32), Measure(PeakLoops.BFloat16), Measure(PeakLoops.Int8), Measure(memory));
        }
        finally
        {
            memory.Dispose();
        }
    }

    /// <summary>The limit of float32 multiply-adds alone; takes half a second.</summary>
    public static MachineLimit MeasureFloat32() => Measure(PeakLoops.Float32);

    /// <summary>Does <paramref name="multiplyAdds"/> float32 multiply-adds on registers, on all threads: a yardstick for microbenchmarks.</summary>
    public static void MultiplyAdd(long multiplyAdds) =>
        PeakLoops.Float32.Run(ThreadTeam.Threads, (long)(2.0 * multiplyAdds / PeakLoops.Float32.AmountOfTurn(1) / ThreadTeam.Threads));

    /// <summary>Operations in a second, on all threads.</summary>
    public double Operations(NumberKind numbers) => Of(numbers).AllThreads;

    public MachineLimit Of(NumberKind numbers) => numbers switch
    {
        NumberKind.BFloat16 => BFloat16,
        NumberKind.Int8 => Int8,
        _ => Float32,
    };

    private static MachineLimit Measure(PeakLoop loop) => new(loop.Instruction, Best(loop, 1), Best(loop, ThreadTeam.Threads));

    private static double Best(PeakLoop loop, int threads)
    {
        // As many turns as take a run's time; the first runs also let the loop be compiled to the end.
        var turns = 1L;
        while (Time(loop, threads, turns) is var seconds && seconds < SecondsOfRun)
            turns = Math.Max(turns + 1, (long)(turns * Math.Min(1.2 * SecondsOfRun / Math.Max(seconds, 1e-7), 100)));
        var best = 0.0;
        for (var i = 0; i < Runs; i++)
            best = Math.Max(best, loop.AmountOfTurn(threads) * turns * threads / Time(loop, threads, turns));
        return best;
    }

    private static double Time(PeakLoop loop, int threads, long turns)
    {
        var started = Stopwatch.GetTimestamp();
        loop.Run(threads, turns);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
