namespace Attune.Cli.Bench;

/// <summary>Something the engine does, the same again and again, so that it can be timed.</summary>
internal abstract class BenchWork : IDisposable
{
    /// <summary>As --only has it.</summary>
    public abstract string Name { get; }

    /// <summary>One line for a person, with sizes.</summary>
    public abstract string Title { get; }

    /// <summary>"tokens" or "rows".</summary>
    public virtual string Unit => "tokens";

    /// <summary>Units of one run.</summary>
    public abstract double Units { get; }

    /// <summary>What one run must compute and read.</summary>
    public abstract WorkAmount Amount { get; }

    /// <summary>What <see cref="Amount"/> counts, for a person.</summary>
    public virtual string Counted => "2 operations a weight and token";

    /// <summary>Runs until <paramref name="report"/>, which gets the seconds of each run, answers false.</summary>
    public abstract void Run(Func<double, bool> report, CancellationToken cancel);

    public virtual void Dispose()
    {
    }
}
