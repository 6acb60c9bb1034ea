using System.Globalization;
using System.Text;
using System.Text.Json;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>results.jsonl: one line for each cell that ended, in the order in which they did.</summary>
internal sealed class ResultsFile(string path, RunFiles.Opener open)
{
    private sealed record Line(string Text, CellResult Cell);

    /// <summary>The cells of the file; a line that a kill tore is passed over. Empty where there is no file.</summary>
    public IReadOnlyList<CellResult> Read() => [.. Parse().Lines.Select(l => l.Cell)];

    /// <summary>
    /// The cells that stand. A torn last line is cut off the file; failed cells are taken out of it, since the same command tries them again
    /// (after a --limit-memory that was too low, for instance). The other lines stay byte for byte.
    /// </summary>
    public IReadOnlyList<CellResult> Recover()
    {
        var (lines, torn) = Parse();
        var kept = lines.Where(l => l.Cell.Status != CellStatus.Failed).ToList();
        if (torn || kept.Count < lines.Count)
            RunFiles.WriteWhole(path, string.Concat(kept.Select(l => l.Text + "\n")), open);
        return [.. kept.Select(l => l.Cell)];
    }

    /// <summary>Adds a line and brings it to the disk. If that fails, the file is as before, but for a torn line at worst.</summary>
    public void Append(CellResult cell)
    {
        var bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(cell, ComparisonJson.Lines) + "\n");
        RunFiles.Guard(path, () =>
        {
            using var stream = open(path, FileMode.Append);
            stream.Write(bytes);
            RunFiles.Flush(stream);
        });
    }

    /// <summary>The lines that count, and whether others are there.</summary>
    private (List<Line> Lines, bool Torn) Parse()
    {
        if (!File.Exists(path))
            return ([], false);
        // Shared with a comparison that may be writing just now.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var texts = reader.ReadToEnd().Split('\n');
        var torn = texts[^1].Length > 0;
        var lines = new List<Line>();
        for (var i = 0; i < texts.Length - 1; i++)
        {
            if (ParseLine(texts[i]) is { } cell)
                lines.Add(new Line(texts[i], cell));
            else if (i == texts.Length - 2 && !torn)
                torn = true;
            else
                throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"line {i + 1} of '{path}' is damaged; delete that line, and its cell is computed again"));
        }
        // Should a cell have several lines (two files put together), the last one counts.
        var last = lines.Select((l, i) => (l.Cell.Key, i)).GroupBy(l => l.Key, StringComparer.Ordinal).Select(g => g.Max(l => l.i)).ToHashSet();
        return ([.. lines.Where((_, i) => last.Contains(i))], torn || last.Count < lines.Count);
    }

    private static CellResult? ParseLine(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<CellResult>(text, ComparisonJson.Lines);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
