using System.Diagnostics;

namespace Attune.Cli.Bench;

/// <summary>A work whose runs stand alone: each is prepared, which is not timed, then done.</summary>
internal abstract class RepeatedWork : BenchWork
{
    public sealed override void Run(Func<double, bool> report, CancellationToken cancel)
    {
        do
        {
            cancel.ThrowIfCancellationRequested();
            Prepare();
        }
        while (report(Time(cancel)));
    }

    protected abstract void Prepare();

    protected abstract void Do(CancellationToken cancel);

    private double Time(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        Do(cancel);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
