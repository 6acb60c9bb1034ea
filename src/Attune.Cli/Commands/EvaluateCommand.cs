using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Settings;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Methods;
using Attune.Tensors;
using Spectre.Console;

namespace Attune.Cli.Commands;

/// <summary>evaluate ADAPTATION DATA: metrics with intervals, and on demand a line for each row.</summary>
internal sealed class EvaluateCommand : CliCommand
{
    private const int Together = 64;

    private readonly Argument<string> adaptation;
    private readonly Argument<string> file;
    private readonly DataSettings data = new();
    private readonly ModelSettings models = new();
    private readonly FlagSetting anyModel = BoundAdaptation.AnyModel();
    private readonly Setting<string?> log = new("log", "FILE", "Write one JSON line for each row: gold, label, probabilities, the prompt as the model saw it.", Values.Text, null);
    private readonly Setting<string?> test = new("test", "FILE", "A file of test rows.", Values.Text, null);

    public EvaluateCommand()
        : base("evaluate", "Measures an adaptation on labelled rows: metrics with 95% intervals.")
    {
        adaptation = Required("ADAPTATION", "Folder of a fitted adaptation, or one that PEFT has saved.");
        file = Required("DATA", "A file, of which every row counts, or a folder, of which the test rows count.");
        Add([log, test, anyModel]);
        Add(models.All);
        Add(data.All.Except([data.Template, data.Task]));
    }

    public override IReadOnlyList<string> Examples => ["evaluate runs/last/best my-test.csv --model model.gguf --log rows.jsonl"];

    public override int Run(Invocation call)
    {
        var options = data.Options(call.Parse) with { TestFile = test.Get(call.Parse) };
        // An adapter that PEFT has saved knows no task: the data's holds.
        using var bound = BoundAdaptation.Open(call.Parse.GetValue(adaptation)!, models, anyModel, call, () => DataReader.Read(call.Parse.GetValue(file)!, options).Task);
        var dataset = DataReader.Read(call.Parse.GetValue(file)!, options with { Task = bound.Adaptation.Task });
        var examples = dataset.Test ?? dataset.Train;
        var predictions = Predict(bound.Predictor, examples, log.IsGiven(call.Parse), call.Shell);
        if (log.Get(call.Parse) is { } path)
            PredictionLog.Write(path, examples, predictions);
        Report(EvaluationScores.Of(bound.Adaptation.Task, examples, predictions), bound.Adaptation, examples.Count, call.Shell);
        return ExitCode.Done;
    }

    private static List<Prediction> Predict(Predictor predictor, IReadOnlyList<Example> examples, bool withPrompts, Shell shell)
    {
        using var progress = new FitProgress(shell, "evaluate");
        var predictions = new List<Prediction>(examples.Count);
        foreach (var rows in examples.Chunk(Together))
        {
            predictions.AddRange(predictor.Predict([.. rows.Select(e => e.Input)], withPrompts, shell.Cancellation));
            progress.Show(predictions.Count / (double)examples.Count, string.Create(CultureInfo.InvariantCulture, $"{predictions.Count} of {examples.Count} rows"));
        }
        return predictions;
    }

    private static void Report(IReadOnlyList<EvaluationScore> scores, Adaptation adaptation, int rows, Shell shell)
    {
        if (shell.Json)
        {
            shell.WriteJson(new JsonObject
            {
                ["method"] = adaptation.Provenance.Method,
                ["task"] = adaptation.Task.Name,
                ["rows"] = rows,
                ["metrics"] = new JsonObject(scores.Select(s => KeyValuePair.Create(s.Name, (JsonNode?)new JsonObject
                {
                    ["value"] = JsonText.Number(s.Value), ["low"] = s.Low is { } low ? JsonText.Number(low) : null, ["high"] = s.High is { } high ? JsonText.Number(high) : null,
                }))),
            });
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumn("metric").AddColumn(new TableColumn("value").RightAligned()).AddColumn("95% interval");
        foreach (var score in scores)
            table.AddRow(score.Name, Number(score.Value), score is { Low: { } low, High: { } high } ? $"{Number(low)} to {Number(high)}" : "");
        var console = shell.OutConsole();
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"[bold]{Visible.Markup(adaptation.Provenance.Method)}[/] on {rows} rows"));
        console.Write(table);
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
