using System.Runtime.ExceptionServices;
using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>
/// Independent runs side by side: each is done by one thread from beginning to end, which for nets of a few thousand weights is far faster than sharing every product.
/// A run must depend on its number alone, so that the results are the same for any number of threads.
/// </summary>
public static class Sweep
{
    /// <summary>Calls <paramref name="run"/> for each number below <paramref name="count"/>; the first failure is thrown again as it was, after the others have ended.</summary>
    public static unsafe void Each(int count, Action<int> run)
    {
        var job = new Job(run);
        ThreadTeam.Run(&One, job, null, count);
        job.Failure?.Throw();
    }

    /// <summary>What <paramref name="run"/> gives for each number below <paramref name="count"/>.</summary>
    public static T[] Each<T>(int count, Func<int, T> run)
    {
        var results = new T[count];
        Each(count, i => { results[i] = run(i); });
        return results;
    }

    private static unsafe void One(object? state, void* context, int item, int worker)
    {
        var job = (Job)state!;
        if (job.Failure is not null)
            return;
        try
        {
            job.Run(item);
        }
        catch (Exception e)
        {
            job.Failure ??= ExceptionDispatchInfo.Capture(e);
        }
    }

    private sealed class Job(Action<int> run)
    {
        public Action<int> Run { get; } = run;

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
