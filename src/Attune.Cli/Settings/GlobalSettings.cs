namespace Attune.Cli.Settings;

/// <summary>What every command takes.</summary>
internal sealed class GlobalSettings
{
    public FlagSetting Json { get; } = new("json", "Write JSON to standard output, and nothing else there.");

    public Setting<int> Seed { get; } = new("seed", "N", "The seed of every random choice. (default: 0)", Values.Whole(0, int.MaxValue, 0), 0);

    public Setting<int?> Threads { get; } = new("threads", "N", "Threads to compute with. (default: ATTUNE_THREADS, else all cores)", Values.Whole(1, Tensors.ThreadTeam.MaximumThreads), null);

    public FlagSetting Verbose { get; } = new("verbose", "Show more: prompts, details, stack traces of errors.", "-v");

    public FlagSetting Quiet { get; } = new("quiet", "Show results and errors only.", "-q");

    public IEnumerable<Setting> All => [Json, Seed, Threads, Verbose, Quiet];
}
