using System.Text.Json;
using Attune.Models.Generation;
using Attune.Models.Tokenizers;

namespace Attune.Tests.Models.Reference;

/// <summary>One result of classification.json: its prompts, and what transformers decided.</summary>
internal sealed class ReferenceClassification
{
    public ReferenceClassification(ITokenizer tokenizer, JsonElement r)
    {
        Task = r.GetProperty("task").GetString()!;
        Accuracy = r.GetProperty("accuracy").GetDouble();
        Expected = [.. r.GetProperty("label_log_likelihoods").EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
        var template = r.GetProperty("template").GetString()!;
        var words = r.GetProperty("words").EnumerateObject().Select(w => (Label: w.Name, Words: w.Value.GetString()!)).ToArray();
        var train = ReferenceModels.Rows(Task, "train");
        var prefix = string.Concat(ReferenceModels.Ints(r.GetProperty("demonstrations")).Select(d =>
            Text(train[d], template) + words.Single(w => w.Label == Label(train[d])).Words + "\n\n"));
        var rows = ReferenceModels.Rows(Task, "test").Take(Expected.Length).ToArray();
        int[][] labels = [.. words.Select(w => tokenizer.Encode(w.Words, addSpecial: false))];
        Requests = [.. rows.Select(row => new ScoreRequest(tokenizer.Encode(prefix + Text(row, template), addSpecial: false), labels))];
        Labels = [.. rows.Select(row => Array.FindIndex(words, w => w.Label == Label(row)))];
    }

    public string Task { get; }

    public double Accuracy { get; }

    /// <summary>[row][label]</summary>
    public double[][] Expected { get; }

    public ScoreRequest[] Requests { get; }

    /// <summary>The right label of each row.</summary>
    public int[] Labels { get; }

    private static string Label(JsonElement row) => row.GetProperty("label").GetString()!;

    private static string Text(JsonElement row, string template) => template.Replace("{text}", row.GetProperty("text").GetString(), StringComparison.Ordinal);
}
