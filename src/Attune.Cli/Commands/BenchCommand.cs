using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Bench;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>bench [MODEL]: the machine's limits, then the engine's works as shares of them; or both beside a peer.</summary>
internal sealed class BenchCommand : CliCommand
{
    private const double WarmUpSeconds = 1.5;

    private readonly Argument<string?> file;
    private readonly ModelSettings models = new();
    private readonly Setting<IReadOnlyList<string>?> only = new("only", "NAMES", $"Works to measure: {string.Join(", ", BenchModel.AllWorks)}. (default: all of the model's)", Only, null);
    private readonly Setting<int> runs = new("runs", "N", "Timed runs of each work; the median counts. (default: 5)", Values.Whole(1, 1000, 5), 5);
    private readonly Setting<PeerName?> against = new("against", "PEER=PATH", "Alternate with a peer's program: llama-bench=PATH, or python=PATH with torch.", PeerName.Parse, null);
    private readonly Setting<int> pairs = new("pairs", "N", "Pairs of runs beside a peer. (default: 5)", Values.Whole(1, 1000, 5), 5);
    private readonly Setting<string?> output = new("output", "FILE", "Keep all that was measured as JSON.", Values.Text, null, "-o");

    public BenchCommand()
        : base("bench", "Measures this machine's limits, and how near to them the engine comes.")
    {
        file = Argument("MODEL", "A language model or an encoder; without one, the machine alone is measured.");
        Add([models.Precision, only, runs, against, pairs, output, models.LimitMemory]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "bench",
        "bench model.gguf --precision fast",
        "bench model.gguf --only prefill,decode --against llama-bench=/path/to/llama-bench",
    ];

    public override int Run(Invocation call)
    {
        var peer = against.Get(call.Parse);
        var path = call.Parse.GetValue(file);
        if (path is null && (peer is not null || only.IsGiven(call.Parse)))
            throw new AttuneException($"{(peer is not null ? against.Flag : only.Flag)} needs a model: attune bench MODEL");
        peer?.RequireProgram();
        using var model = path is null ? null : BenchModel.Load(path, p => models.LoadModel(p, call), p => LoadEncoder(p, call));
        var works = model is null ? [] : Chosen(model, call.Parse);
        var subject = new BenchSubject(DateTimeOffset.UtcNow, ThreadTeam.Threads, model?.Description, model?.Language is null ? Precision.Exact : models.Precision.Get(call.Parse));
        var session = new BenchSession(subject, model, works, new BenchSizes(), (ulong)call.Seed, call.Shell);
        var json = peer is null
            ? session.Measure(new BenchRunner(runs.Get(call.Parse), WarmUpSeconds, call.Shell.Cancellation), MachineLimits.Measure)
            : session.Compare(peer, pairs.Get(call.Parse));
        if (output.Get(call.Parse) is { } keep)
            AtomicFile.Write(keep, JsonText.Write(json, indented: true) + "\n");
        if (call.Shell.Json)
            call.Shell.WriteJson(json);
        return ExitCode.Done;
    }

    private SentenceEncoder LoadEncoder(string path, Invocation call) => models.Precision.Get(call.Parse) == Precision.Exact
        ? models.LoadEncoder(path, call)
        : throw new AttuneException($"{models.Precision.Flag} fast: {path} is an encoder, which computes in float32 always; leave {models.Precision.Flag} out");

    private IReadOnlyList<string> Chosen(BenchModel model, ParseResult parse)
    {
        if (only.Get(parse) is not { } names)
            return model.Works;
        return names.FirstOrDefault(n => !model.Works.Contains(n)) is { } strange
            ? throw new AttuneException($"{only.Flag}: {model.Description.Name} has no work '{strange}'; it has {string.Join(", ", model.Works)}")
            : [.. model.Works.Where(names.Contains)];
    }

    private static IReadOnlyList<string>? Only(string text)
    {
        var names = Values.List(text);
        return names.FirstOrDefault(n => !BenchModel.AllWorks.Contains(n)) is { } unknown
            ? throw new AttuneException($"'{unknown}' is no work{Nearest.Hint(unknown, BenchModel.AllWorks)}; expected some of {string.Join(", ", BenchModel.AllWorks)}")
            : names;
    }
}
