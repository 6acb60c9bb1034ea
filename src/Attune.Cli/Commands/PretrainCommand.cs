using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Models.Files;
using Attune.Tensors;
using Attune.Training.Pretraining;

namespace Attune.Cli.Commands;

/// <summary>pretrain CONFIG: a language model from nothing.</summary>
internal sealed class PretrainCommand : CliCommand
{
    private readonly Argument<string> config;
    private readonly Setting<string?> output = new("output", "DIR", "Folder of the run: checkpoints, curves, and the model at the end. (default: output of the file, else runs/pretrain-NAME)", Values.Text, null, "-o");
    private readonly Setting<int?> steps = new("steps", "N", "Stop behind step N, with the model as it is then; the same command goes on from there. (default: all of the plan's)", Values.Whole(1, int.MaxValue), null);
    private readonly Setting<long?> limitMemory = new("limit-memory", "BYTES", "Memory that the training may hold, for instance 8G.", Values.Bytes, null);

    public PretrainCommand()
        : base("pretrain", "Trains a language model from nothing; started again, it goes on where it was.")
    {
        config = Required("CONFIG", "YAML: model, tokenizer, sources, steps; docs/command-line.md lists the keys.");
        Add([output, steps, limitMemory]);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "pretrain nano.yaml -o runs/nano",
        "pretrain nano.yaml -o runs/nano --steps 500",
    ];

    public override int Run(Invocation call)
    {
        var path = call.Parse.GetValue(config)!;
        var file = PretrainFile.Read(path);
        var folder = output.Get(call.Parse) ?? file.Output ?? Path.Combine("runs", $"pretrain-{file.Name}");
        var limit = limitMemory.Get(call.Parse);
        // Set when it is known that the plan fits: until then sizes are only counted.
        EngineMemory.Limit = long.MaxValue;
        var stop = steps.Get(call.Parse);
        var request = file.Request(folder, call.Global.Seed.IsGiven(call.Parse) ? call.Seed : null) with { StopAfter = stop, MemoryLimit = limit };
        var peak = MachineLimits.MeasureFloat32();
        using var progress = new PretrainProgress(call.Shell, peak.AllThreads, stop, curves => Write(folder, request.Plan, curves));
        try
        {
            var result = Pretrainer.Run(request, progress, call.Shell.Cancellation);
            progress.Dispose();
            Report(result, folder, call.Shell);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (call.Shell.Cancellation.IsCancellationRequested)
        {
            progress.Dispose();
            call.Shell.Error.WriteLine(progress.KeptStep > 0
                ? string.Create(CultureInfo.InvariantCulture, $"interrupted: {progress.KeptStep} steps are kept in {folder}; this resumes: attune {ShellQuote.Join(call.Arguments)}")
                : $"interrupted before the first step: nothing was kept; this begins again: attune {ShellQuote.Join(call.Arguments)}");
            return ExitCode.Interrupted;
        }
    }

    private static void Write(string folder, PretrainingPlan plan, TrainingCurves curves)
    {
        AtomicFile.Write(Path.Combine(folder, "curves.json"), JsonText.Write(curves.ToJson(), indented: true) + "\n");
        AtomicFile.Write(Path.Combine(folder, "curves.html"), CurvesPage.Render(plan, curves));
    }

    private static void Report(PretrainingResult result, string folder, Shell shell)
    {
        if (shell.Json)
        {
            shell.WriteJson(new JsonObject
            {
                ["step"] = result.Step, ["steps"] = result.Steps, ["tokens"] = result.Tokens, ["parameters"] = result.Parameters, ["seconds"] = result.Seconds, ["model"] = result.ModelFolder,
                ["curves"] = result.Curves.ToJson(),
            });
            return;
        }
        shell.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Step} of {result.Steps} steps, {result.Tokens:#,0} tokens in {Amounts.Time(TimeSpan.FromSeconds(result.Seconds))}; the model is {Visible.Line(result.ModelFolder)}"));
    }
}
