using Attune.Tensors;

namespace Attune.Cli.Bench;

/// <summary>Times works: runs until all is warm, then as often as wanted, then once more with operations told apart.</summary>
/// <param name="warmUpSeconds">Long enough that hot code has been compiled to the end and memory has been touched.</param>
internal sealed class BenchRunner(int repeats, double warmUpSeconds, CancellationToken cancel)
{
    public WorkResult Measure(BenchWork work)
    {
        var (warm, seconds, profiled) = (0.0, new List<double>(), 0.0);
        IReadOnlyList<OperationTotal> operations = [];
        Profile? profile = null;
        try
        {
            work.Run(s =>
            {
                if (profile is not null)
                {
                    (operations, profiled) = (profile.Totals, s);
                    return false;
                }
                if (warm < warmUpSeconds || warm == 0)
                    warm += s;
                else
                    seconds.Add(s);
                if (seconds.Count == repeats)
                    profile = Profile.Start();
                return true;
            }, cancel);
            return WorkResult.Of(work) with { Seconds = seconds, Operations = operations, ProfiledSeconds = profiled };
        }
        catch (AttuneException e)
        {
            return WorkResult.Of(work) with { Missing = e.Message };
        }
        finally
        {
            profile?.Dispose();
        }
    }

    /// <summary>One timed run behind one that warms.</summary>
    public double Once(BenchWork work)
    {
        var (runs, seconds) = (0, 0.0);
        work.Run(s =>
        {
            seconds = s;
            return ++runs < 2;
        }, cancel);
        return seconds;
    }
}
