using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data;
using Attune.Methods;

namespace Attune.Cli.Commands;

/// <summary>Predictions as JSON Lines or CSV, in the order of the rows.</summary>
internal sealed class PredictionWriter(Shell shell, TaskSpec task, PredictionFormat format)
{
    private bool SharesLabels => task.Kind == TaskKind.Classification;

    /// <summary>The header of CSV.</summary>
    public void Begin()
    {
        if (format == PredictionFormat.Csv)
            shell.Out.WriteLine(string.Join(',', ["line", "label", "probability", .. SharesLabels ? task.Labels.Select(l => Quote($"p({l})")) : []]));
    }

    public void Write(IReadOnlyList<InputStream.Row> rows, IReadOnlyList<Prediction> predictions)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (format == PredictionFormat.Csv)
                shell.Out.WriteLine(Csv(rows[i].Line, predictions[i]));
            else
                shell.WriteJson(ToJson(rows[i].Line, predictions[i]), indented: false);
        }
        shell.Out.Flush();
    }

    /// <summary>The label's probability; 0 for a dropped row.</summary>
    public static double Confidence(Prediction prediction) => prediction.Label is null ? 0 : prediction.Probabilities.Max();

    private JsonObject ToJson(int line, Prediction prediction)
    {
        var json = new JsonObject { ["line"] = line, ["label"] = prediction.Label, ["probabilities"] = Probabilities(prediction) };
        if (prediction.PromptTokens > 0)
            json["prompt_tokens"] = prediction.PromptTokens;
        if (prediction.Overflow.Length > 0)
            json["overflow"] = prediction.Overflow;
        if (prediction.Prompt is not null)
            json["prompt"] = prediction.Prompt;
        if (prediction.Tokens is { } tokens)
            json["tokens"] = JsonText.Array(tokens);
        return json;
    }

    /// <summary>By label; a list for choices, of which two may be the same.</summary>
    private JsonNode Probabilities(Prediction prediction)
    {
        if (!SharesLabels)
            return new JsonArray([.. prediction.Labels.Select((l, i) => (JsonNode)new JsonObject { ["choice"] = l, ["probability"] = JsonText.Number(prediction.Probabilities[i]) })]);
        var json = new JsonObject();
        for (var i = 0; i < prediction.Labels.Count; i++)
            json[prediction.Labels[i]] = JsonText.Number(prediction.Probabilities[i]);
        return json;
    }

    private string Csv(int line, Prediction prediction)
    {
        var cells = new List<string> { line.ToString(CultureInfo.InvariantCulture), Quote(prediction.Label ?? ""), Number(Confidence(prediction)) };
        if (SharesLabels)
            cells.AddRange(prediction.Probabilities.Select(Number));
        return string.Join(',', cells);
    }

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
