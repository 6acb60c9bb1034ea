using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Reproductions;

/// <summary>How a reproduction is to be run.</summary>
public sealed record RunRequest
{
    public RunScale Scale { get; init; } = RunScale.Small;

    /// <summary>Runs that differ in their seed; null: 1 at smoke scale, else those of its card.</summary>
    public int? Seeds { get; init; }

    /// <summary>The seed of the first; the others follow it.</summary>
    public int FirstSeed { get; init; }

    /// <summary>Folders in which models and encoders are looked up by name.</summary>
    public IReadOnlyList<string> ModelFolders { get; init; } = ModelLocator.Folders();

    /// <summary>Folders in which data sets are looked up by name.</summary>
    public IReadOnlyList<string> DataFolders { get; init; } = FoldersOf("ATTUNE_DATA");

    /// <summary>Told how far the run is: a share from 0 to 1, and what is done now.</summary>
    public Action<double, string>? OnProgress { get; init; }

    internal int SeedsOf(ReproductionCard card) => Seeds ?? (Scale == RunScale.Smoke ? 1 : card.Seeds);

    /// <exception cref="AttuneException">A number is impossible, or a folder given is not there.</exception>
    internal void Require()
    {
        if (Seeds < 1)
            throw new AttuneException(FormattableString.Invariant($"{Seeds} seeds were asked for; a run needs at least one"));
    }

    private static string[] FoldersOf(string variable) =>
        (Environment.GetEnvironmentVariable(variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
}
