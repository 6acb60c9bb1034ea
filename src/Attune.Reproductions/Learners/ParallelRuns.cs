using System.Runtime.ExceptionServices;
using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>
/// Small nets one beside the other: each on one thread, since their products are too small to share. A run that draws from a stream of its own gives the same
/// numbers whatever runs beside it.
/// </summary>
public static unsafe class ParallelRuns
{
    /// <summary>Calls <paramref name="run"/> for each number in [0, <paramref name="count"/>), in any order; an error ends those that have not begun.</summary>
    /// <param name="onDone">Told how many have ended, one call at a time.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Run(int count, Action<int> run, Action<int>? onDone, CancellationToken cancel)
    {
        var jobs = new Jobs(run, onDone, cancel);
        ThreadTeam.Run(&Call, jobs, null, count);
        jobs.Failure?.Throw();
    }

    private static void Call(object? state, void* context, int item, int worker) => ((Jobs)state!).Call(item);

    private sealed class Jobs(Action<int> run, Action<int>? onDone, CancellationToken cancel)
    {
        private readonly Lock gate = new();
        private int done;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Call(int item)
        {
            if (Failure is not null)
                return;
            try
            {
                cancel.ThrowIfCancellationRequested();
                run(item);
                lock (gate)
                    onDone?.Invoke(++done);
            }
            catch (Exception e)
            {
                Failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
