using System.CommandLine;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Tensors;

namespace Attune.Cli.Settings;

/// <summary>What a comparison is asked for, from the command line and the run file.</summary>
internal sealed class CompareSettings(GlobalSettings global)
{
    public DataSettings Data { get; } = new();

    public ModelSettings Models { get; } = new();

    public MethodSettings Methods { get; } = new();

    public Setting<IReadOnlyList<ShotSpec>?> Shots { get; } = new("shots", "LIST", "Labelled rows for each label, or total:N, or all. (default: 0,16, fewer where the data has fewer)", ParseShots, null);

    public Setting<int> Seeds { get; } = new("seeds", "N", "How often rows are drawn anew. (default: 3)", Values.Whole(1, 1000, 3), 3);

    public Setting<TestRows> Test { get; } = new("test", "FILE|N|all", "Test rows: a file, how many for each seed, or all. (default: 200 at most)", TestRows.Parse, TestRows.Default);

    public Setting<Objective> Objective { get; } = new(
        "objective", "METRIC", "What methods are compared by: accuracy, macro-f1 or nll. (default: accuracy)",
        Values.OneOf(("accuracy", Evaluation.Comparison.Objective.Accuracy), ("macro-f1", Evaluation.Comparison.Objective.MacroF1), ("nll", Evaluation.Comparison.Objective.Nll)), Evaluation.Comparison.Objective.Accuracy);

    public Setting<string?> Baseline { get; } = new("baseline", "METHOD", "What the others are compared with. (default: zero-shot, else majority)", Values.Text, null);

    public Setting<TimeSpan?> Budget { get; } = new("budget", "TIME", "Time that the whole may take, for instance 10m; what does not fit is left out and reported.", Values.Duration, null);

    public Setting<string?> Out { get; } = new("out", "DIR", "Folder of the results. (default: runs/NAME-HASH; the same command resumes)", Values.Text, null, "-o");

    public Setting<string?> Config { get; } = new("config", "FILE", "Run file (YAML) with any of these options, methods, template and verbalizer; options given here win.", Values.Text, null);

    public FlagSetting Natural { get; } = new("natural", "Draw labelled rows as they come, not the same number for each label.");

    public FlagSetting KeepLeaks { get; } = new("keep-leaks", "Keep labelled rows whose text or group also stands in the test rows.");

    public FlagSetting NoExamples { get; } = new("no-examples", "Leave texts of rows out of the report and the results.");

    /// <summary>In the order in which the help lists them.</summary>
    public IEnumerable<Setting> All =>
    [
        Models.Model, Models.Encoder, Methods.Methods, Shots, Seeds, Test, Objective, Baseline, Budget, Out, Config, Natural, KeepLeaks, NoExamples,
        Models.Precision, Models.LimitMemory, Models.OnOverflow, .. Data.All,
    ];

    /// <exception cref="AttuneException">The run file is missing or wrong.</exception>
    public RunFile? ReadRunFile(ParseResult parse) => Config.Get(parse) is { } path ? ReadRunFile(path) : null;

    /// <exception cref="AttuneException">The run file is missing or wrong.</exception>
    public RunFile ReadRunFile(string path) => RunFile.Read(path, All.Except([Config]).Append(global.Seed).Append(global.Threads).Select(s => s.Name));

    private static IReadOnlyList<ShotSpec> ParseShots(string text) =>
        [.. Values.List(text).Select(ShotSpec.Parse).OrderBy(s => s.IsAll ? 2 : s.Total is null ? 0 : 1).ThenBy(s => s.PerLabel ?? s.Total)];
}
