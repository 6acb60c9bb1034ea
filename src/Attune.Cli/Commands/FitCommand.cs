using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>fit METHOD DATA -o DIR: one method, kept.</summary>
internal sealed class FitCommand : CliCommand
{
    private readonly Argument<string> method;
    private readonly Argument<string> file;
    private readonly DataSettings data = new();
    private readonly ModelSettings models = new();
    private readonly MethodSettings methods = new();
    private readonly Setting<string?> output = new("output", "DIR", "Folder of the adaptation.", Values.Text, null, "-o");
    private readonly Setting<ShotSpec> shots = new("shots", "N|total:N|all", "Labelled rows to fit on: for each label, in all, or all there are. (default: all)", ShotSpec.Parse, ShotSpec.All);
    private readonly FlagSetting natural = new("natural", "Draw labelled rows as they come, not the same number for each label.");

    public FitCommand()
        : base("fit", "Fits one method to labelled rows and saves the adaptation.")
    {
        method = Required("METHOD", "A method; 'attune methods' lists them.");
        file = Required("DATA", "JSONL, JSON, CSV or TSV, or a folder with task.json.");
        Add([output, shots, natural]);
        Command.Add(methods.Set);
        Add(models.All);
        Add(data.All);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "fit icl-random my.csv --model model.gguf --shots 8 -o adaptations/icl",
        "fit majority my.csv -o adaptations/majority --seed 1",
    ];

    public override int Run(Invocation call)
    {
        var planned = methods.One(call.Parse.GetValue(method)!, call.Parse);
        var folder = output.Get(call.Parse) ?? throw new AttuneException("fit needs a folder for the adaptation; give one with -o DIR");
        var dataset = data.Read(call.Parse.GetValue(file)!, data.Options(call.Parse), call.Parse);
        dataset.Task.RequireComparable();
        if (!planned.Method.Card.Tasks.Contains(dataset.Task.Kind))
            throw new AttuneException($"{planned.Name} does not do {TaskKindNames.Name(dataset.Task.Kind)}; see 'attune methods {planned.Name}'");
        RequireModels(planned.Method.Card, call.Parse);
        using var model = planned.Method.Card.View is ModelView.Text or ModelView.Transformer ? models.LoadModel(call) : null;
        using var encoder = models.LoadEncoder(call);
        // Without a test file all rows are for fitting.
        var split = Splitter.Draw(dataset.Test is null ? dataset with { Test = [] } : dataset, call.Seed, new SplitOptions(shots.Get(call.Parse), Natural: natural.Get(call.Parse)));
        var identity = new FitIdentity(planned, dataset.Hash, model?.Description.Hash, encoder?.Description.Hash, shots.Get(call.Parse), natural.Get(call.Parse), call.Seed, models.Precision.Get(call.Parse), models.OnOverflow.Get(call.Parse));
        if (identity.IsIn(folder))
        {
            Report(AdaptationStore.Load(folder), folder, null, call.Shell);
            return ExitCode.Done;
        }
        using var progress = new FitProgress(call.Shell, planned.Name);
        var adaptation = planned.Method.Fit(new FitContext
        {
            Task = dataset.Task,
            Examples = split.Labelled,
            Model = model,
            Encoder = encoder,
            Seed = call.Seed,
            Overflow = models.OnOverflow.Get(call.Parse),
            Progress = progress.Show,
            Cancellation = call.Shell.Cancellation,
        }, planned.Options);
        progress.Dispose();
        AdaptationStore.Save(adaptation, folder);
        identity.Write(folder);
        Report(adaptation, folder, progress.Elapsed, call.Shell);
        return ExitCode.Done;
    }

    private void RequireModels(MethodCard card, ParseResult parse)
    {
        if (card.View is ModelView.Text or ModelView.Transformer && models.Model.Get(parse) is null)
            throw new AttuneException($"{card.Name} needs a language model; give one with --model PATH (a GGUF file or a Hugging Face folder)");
        if (card.View == ModelView.Encoder && models.Encoder.Get(parse) is null)
            throw new AttuneException($"{card.Name} needs a sentence encoder; give one with --encoder PATH");
    }

    private static void Report(Adaptation adaptation, string folder, TimeSpan? elapsed, Shell shell)
    {
        var provenance = adaptation.Provenance;
        var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        if (shell.Json)
        {
            shell.WriteJson(new JsonObject
            {
                ["folder"] = folder, ["method"] = provenance.Method, ["rows"] = provenance.Rows, ["seed"] = provenance.Seed,
                ["seconds"] = elapsed?.TotalSeconds, ["already_there"] = elapsed is null,
                ["trained_parameters"] = adaptation.TrainedParameters, ["bytes"] = bytes, ["notes"] = JsonText.Array(adaptation.Notes),
            });
            return;
        }
        foreach (var note in adaptation.Notes)
            shell.Note(note);
        shell.Out.WriteLine(elapsed is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{provenance.Method} fitted on {provenance.Rows} rows in {Amounts.Time(time)}: {Amounts.Count(adaptation.TrainedParameters)} trained parameters, {Amounts.Bytes(bytes)} in {Visible.Line(folder)}")
            : $"{Visible.Line(folder)} holds this fit already");
        foreach (var intervention in adaptation.Interventions)
            shell.Note($"  {intervention.Summary}");
        shell.Note($"Use it: attune predict {folder} FILE");
    }
}
