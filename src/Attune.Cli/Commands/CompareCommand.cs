using System.CommandLine;
using System.Globalization;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Evaluation.Reports;
using Attune.Methods;
using Attune.Models.Loading;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>compare [DATA]: methods side by side on the same rows.</summary>
internal sealed class CompareCommand : CliCommand
{
    private readonly Argument<string?> file;
    private readonly CompareSettings settings;

    public CompareCommand(GlobalSettings global)
        : base("compare", "Compares methods side by side on your task: a table, a report, and the winner to use.")
    {
        settings = new CompareSettings(global);
        file = Argument("DATA", "JSONL, JSON, CSV or TSV, or a folder with task.json; without data and --model, examples/support with the model that comes with Attune.");
        Add(settings.All);
        Command.Add(settings.Methods.Set);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "compare",
        "compare my.csv --model model.gguf",
        "compare my.csv --model model.gguf --encoder minilm --methods zero-shot,icl-random,majority --shots 0,16 --seeds 3 --test 200",
        "compare --config run.yaml --set icl-random.demonstrations=8",
    ];

    public override int Run(Invocation call)
    {
        var (request, runFile) = Request(call);
        if (runFile?.Find("threads") is not null && !call.Global.Threads.IsGiven(call.Parse))
            ThreadTeam.Threads = call.Global.Threads.Get(call.Parse, runFile) ?? ThreadTeam.Threads;
        if (!call.Shell.Json && !call.Shell.Quiet)
            DataReportText.Write(request.Data, call.Shell.OutConsole(), call.Shell.Verbose);
        if (request.ModelPath is { } model)
            ModelSettings.Advise(model, request.LimitMemory, call.Shell);
        using var progress = new CompareProgress(call.Shell);
        RunResults results;
        try
        {
            results = ComparisonRunner.Run(request, progress, call.Shell.Cancellation);
        }
        catch (OperationCanceledException) when (call.Shell.Cancellation.IsCancellationRequested)
        {
            progress.Dispose();
            call.Shell.Error.WriteLine(Interrupted(progress, call));
            return ExitCode.Interrupted;
        }
        progress.Dispose();
        var folder = progress.Folder ?? throw new InvalidOperationException("a comparison that ended has a folder");
        ReportWriter.Write(results, Path.Combine(folder, "report.html"), request.NoExamples);
        SummaryCsv.Write(results.Summary, Path.Combine(folder, "summary.csv"));
        SummaryMarkdown.Write(results.Summary, Path.Combine(folder, "summary.md"));
        if (call.Shell.Json)
            call.Shell.Out.WriteLine(SummaryJson.Write(results.Summary).TrimEnd());
        else
            ComparisonText.Write(results, folder, call.Shell);
        return ExitCode.Done;
    }

    private (ComparisonRequest Request, RunFile? File) Request(Invocation call)
    {
        var parse = call.Parse;
        var run = settings.ReadRunFile(parse) ?? BundledRun(call);
        var path = parse.GetValue(file) ?? run?.Find("data")?.Text
            ?? throw new AttuneException("compare needs data: give a file or folder of labelled rows, for instance 'attune compare my.csv --model model.gguf'");
        var model = settings.Models.Model.Get(parse, run);
        var methods = settings.Methods.Plan(parse, run);
        var test = settings.Test.Get(parse, run);
        var natural = settings.Natural.Get(parse, run);
        var dataset = settings.Data.Read(path, settings.Data.Options(parse, run) with { TestFile = test.File }, parse, run);
        RequireModel(methods, model);
        if (settings.Methods.AreDefault(parse, run))
            call.Shell.Note(string.Create(CultureInfo.InvariantCulture, $"No methods were named: these are the {methods.Count} standard ones of {Catalog.All.Count} (--methods all takes every one; 'attune methods' shows them)"));
        if (model is not null)
        {
            var tokenizer = TokenizerLoader.Load(model);
            dataset = dataset.WithTokenCounts(text => tokenizer.Encode(text, addSpecial: false, parseSpecial: false).Length);
        }
        return (new ComparisonRequest
        {
            Data = dataset,
            DataPath = path,
            ModelPath = model,
            EncoderPath = settings.Models.Encoder.Get(parse, run),
            Methods = methods,
            Shots = settings.Shots.Get(parse, run) ?? DefaultShots.For(dataset, natural),
            Seeds = settings.Seeds.Get(parse, run),
            FirstSeed = call.Global.Seed.Get(parse, run),
            TestRows = test.Draw(dataset),
            Natural = natural,
            KeepLeaks = settings.KeepLeaks.Get(parse, run),
            Objective = settings.Objective.Get(parse, run),
            Budget = settings.Budget.Get(parse, run),
            Folder = settings.Out.Get(parse, run),
            Overflow = settings.Models.OnOverflow.Get(parse, run),
            Precision = settings.Models.Precision.Get(parse, run),
            Baseline = settings.Baseline.Get(parse, run),
            LimitMemory = settings.Models.LimitMemory.Get(parse, run),
            NoExamples = settings.NoExamples.Get(parse, run),
        }, run);
    }

    /// <summary>The run that comes with the program, where neither data nor model nor run file was given; null: something was, or no such run is there.</summary>
    private RunFile? BundledRun(Invocation call)
    {
        if (call.Parse.GetValue(file) is not null || settings.Models.Model.IsGiven(call.Parse) || call.Shell.Bundled.RunFile is not { } path)
            return null;
        var run = settings.ReadRunFile(path);
        if (run.Find("model")?.Text is not { } model || !Bundled.HasModel(model))
            return null;
        call.Shell.Note($"No data and no model were given: this compares on the data and with the model '{Path.GetFileName(model)}' that come with Attune, as {path} says; for your own: attune compare my.csv --model path/to/model.gguf");
        return run;
    }

    private static void RequireModel(IReadOnlyList<PlannedMethod> methods, string? model)
    {
        var needing = methods.Where(m => m.Method.Card.View is ModelView.Text or ModelView.Transformer).Select(m => m.Name).ToList();
        if (model is null && needing.Count > 0)
            throw new AttuneException($"compare needs a language model for {Named(needing)}: give one with --model PATH (a GGUF file or a Hugging Face folder){Small()}");
    }

    private static string Named(List<string> methods) => methods.Count <= 5 ? string.Join(", ", methods)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", methods.Take(4))} and {methods.Count - 4} other methods");

    private static string Small() => Bundled.HasModel(ModelLocator.BundledName) ? $", or --model {ModelLocator.BundledName} for the small one that comes with Attune" : "";

    private static string Interrupted(CompareProgress progress, Invocation call) => progress.Folder is { } folder
        ? string.Create(CultureInfo.InvariantCulture, $"interrupted: {progress.Done} of {progress.Cells} cells are kept in {folder}; this resumes: attune {ShellQuote.Join(call.Arguments)}")
        : $"interrupted before the first cell: nothing was kept; this begins again: attune {ShellQuote.Join(call.Arguments)}";
}
