using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Cli.Commands;

/// <summary>A conversation with an adaptation that only decides: each line is answered by its label.</summary>
internal sealed class LabelConversation(Shell shell, BoundAdaptation bound)
{
    private const int Shown = 3;

    private readonly ChatLines lines = new(shell);

    public int Run()
    {
        if (shell.InIsTerminal)
            shell.Note($"{bound.Adaptation.Provenance.Method} for {bound.Adaptation.Task.Name}: each line is answered by its label. /exit ends.");
        for (var number = 1; lines.Next() is { } line; number++)
        {
            if (lines.TryCommand(line, () => { }, null, out var exit))
            {
                if (exit)
                    break;
                continue;
            }
            if (!string.IsNullOrWhiteSpace(line))
                Answer(line, number);
        }
        return ExitCode.Done;
    }

    private void Answer(string line, int number)
    {
        try
        {
            var input = DataReader.ParseInput(line, number, bound.Adaptation.Task);
            shell.Interruption.Part(cancel => Write(bound.Predictor.Predict([input], shell.Verbose, cancel)[0]));
        }
        catch (OperationCanceledException) when (!shell.Cancellation.IsCancellationRequested)
        {
            shell.Out.WriteLine("…");
        }
        catch (AttuneException e)
        {
            shell.Warn(e.Message);
        }
    }

    private void Write(Prediction prediction)
    {
        if (prediction.Prompt is { } prompt)
            shell.Note(prompt);
        var ranked = prediction.Labels.Zip(prediction.Probabilities).OrderByDescending(p => p.Second).Take(Shown).ToList();
        if (shell.Json)
            shell.WriteJson(new JsonObject { ["label"] = prediction.Label, ["probabilities"] = new JsonArray([.. ranked.Select(r => (JsonNode)new JsonObject { ["label"] = r.First, ["probability"] = JsonText.Number(r.Second) })]) }, indented: false);
        else
            shell.Out.WriteLine(prediction.Label is null ? prediction.Overflow : string.Join(", ", ranked.Select(r => string.Create(CultureInfo.InvariantCulture, $"{Visible.Line(r.First)} {r.Second:P1}"))));
        shell.Out.Flush();
    }
}
