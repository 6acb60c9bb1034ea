using System.CommandLine;
using Attune.Cli.Settings;
using Attune.Data;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>predict ADAPTATION [FILE]: labels with probabilities for a stream of rows, in order.</summary>
internal sealed class PredictCommand : CliCommand
{
    /// <summary>Rows that go through the model together at most.</summary>
    private const int Together = 64;

    private readonly Argument<string> adaptation;
    private readonly Argument<string?> file;
    private readonly ModelSettings models = new();
    private readonly Setting<string?> task = new("task-file", "FILE", "The task of an adapter that PEFT has saved: a task.json, or a folder with one.", Values.Text, null);
    private readonly FlagSetting anyModel = BoundAdaptation.AnyModel();
    private readonly Setting<PredictionFormat> format = new(
        "format", "jsonl|csv", "Form of the output. (default: jsonl)", Values.OneOf(("jsonl", PredictionFormat.Jsonl), ("csv", PredictionFormat.Csv)), PredictionFormat.Jsonl);

    public PredictCommand()
        : base("predict", "Predicts labels with probabilities for rows of a file or of standard input, in order.")
    {
        adaptation = Required("ADAPTATION", "Folder of a fitted adaptation, or one that PEFT has saved.");
        file = Argument("FILE", "Rows to predict: JSON Lines, plain lines, CSV, TSV or JSON; standard input where none is given.");
        Add([format, task, anyModel]);
        Add(models.All);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "predict runs/last/best my.jsonl --model model.gguf",
        "predict runs/last/best --format csv --model model.gguf",
    ];

    public override int Run(Invocation call)
    {
        using var bound = BoundAdaptation.Open(call.Parse.GetValue(adaptation)!, models, anyModel, call, () => TaskFile.Read(task.Get(call.Parse)));
        var known = bound.Adaptation.Task;
        if (call.Shell.Json && format.IsGiven(call.Parse) && format.Get(call.Parse) == PredictionFormat.Csv)
            throw new AttuneException("--json writes JSON Lines and --format csv writes CSV; give one of them");
        var path = call.Parse.GetValue(file);
        if (path is null && call.Shell.InIsTerminal)
            call.Shell.Note("Reading standard input, one row a line; Ctrl-D ends.");
        using var source = new InputStream(path, known, call.Shell);
        var writer = new PredictionWriter(call.Shell, known, format.Get(call.Parse));
        writer.Begin();
        while (source.Take(Together) is { Count: > 0 } rows)
        {
            var good = rows.TakeWhile(r => r.Fault is null).ToList();
            if (good.Count > 0)
                writer.Write(good, bound.Predictor.Predict([.. good.Select(r => r.Input!)], call.Shell.Verbose, call.Shell.Cancellation));
            if (good.Count < rows.Count)
                throw rows[good.Count].Fault!;
        }
        return ExitCode.Done;
    }
}
