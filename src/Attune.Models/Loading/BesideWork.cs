namespace Attune.Models.Loading;

/// <summary>Work that other threads do while weights are loaded. None of it outlives the scope, so it may read what the scope holds open.</summary>
internal sealed class BesideWork : IDisposable
{
    private readonly List<Task> tasks = [];

    public Task<T> Start<T>(Func<T> work)
    {
        var task = Task.Run(work);
        tasks.Add(task);
        return task;
    }

    /// <summary>What the work gave; throws what it threw.</summary>
    public static T Result<T>(Task<T> task) => task.GetAwaiter().GetResult();

    public void Dispose()
    {
        try
        {
            Task.WaitAll([.. tasks]);
        }
        catch (AggregateException)
        {
            // Thrown by Result already, or an error before it says what is wrong.
        }
    }
}
