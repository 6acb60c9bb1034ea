using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>The predictions of one cell, a line for each test row.</summary>
internal static class PredictionsFile
{
    public static void Write(string path, IReadOnlyList<RowPrediction> rows, RunFiles.Opener open)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(JsonSerializer.Serialize(row, ComparisonJson.Lines)).Append('\n');
        RunFiles.WriteWhole(path, text.ToString(), open);
    }

    /// <exception cref="AttuneException">The file is missing or damaged.</exception>
    public static IReadOnlyList<RowPrediction> Read(string path)
    {
        if (!File.Exists(path))
            throw new AttuneException($"'{path}' is missing though results.jsonl names it; delete that cell's line, and it is computed again");
        var rows = new List<RowPrediction>();
        foreach (var line in File.ReadLines(path))
        {
            try
            {
                rows.Add(JsonSerializer.Deserialize<RowPrediction>(line, ComparisonJson.Lines)!);
            }
            catch (JsonException e)
            {
                throw new AttuneException(string.Create(CultureInfo.InvariantCulture,
                    $"line {rows.Count + 1} of '{path}' is damaged; delete the cell's line in {RunFiles.Results}, and it is computed again"), AttuneErrorKind.Request, e);
            }
        }
        return rows;
    }
}
