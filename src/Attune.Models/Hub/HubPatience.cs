using System.Globalization;
using Attune.Tensors;

namespace Attune.Models.Hub;

/// <summary>Tries again, each time after twice the wait, until too many tries in a row brought nothing.</summary>
internal sealed class HubPatience(HubOptions options)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5), Longest = TimeSpan.FromSeconds(60), LongestAsked = TimeSpan.FromMinutes(10);

    private int failures;
    private long reached = -1;

    /// <summary>Notes how far the work is; what was reached before is no progress.</summary>
    public void Reached(long position)
    {
        if (position <= reached)
            return;
        (reached, failures) = (position, 0);
    }

    /// <summary>Waits for the next try.</summary>
    /// <exception cref="AttuneException">There were enough.</exception>
    public async Task Again(HubTemporaryException problem, CancellationToken cancel)
    {
        if (++failures >= options.Attempts || problem.After > LongestAsked)
            throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{problem.Message}; gave up after {failures} {(failures == 1 ? "try" : "tries")}: run the command again later, and it goes on from here"), AttuneErrorKind.Work, problem);
        var wait = problem.After ?? First * Math.Pow(2, failures - 1);
        wait = wait < Longest || problem.After is not null ? wait : Longest;
        options.Note?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{problem.Message}; trying again in {wait.TotalSeconds:0.#} s"));
        await options.Wait(wait, cancel).ConfigureAwait(false);
    }
}
