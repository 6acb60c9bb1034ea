using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Methods;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>
/// best/: the winner fitted once more, on every labelled row that a seed drew at its budget, with the first seed and its options. It was not
/// measured itself; the winner's score is that of fits on fewer rows. A method that uses no rows, or has one seed's rows only, is taken over as
/// it was fitted.
/// </summary>
internal sealed class BestAdaptation(ComparisonRequest request, CellRunner runner, RunStore store)
{
    /// <summary>Makes or keeps best/; returns a sentence if it is not what it should be.</summary>
    /// <param name="left">Seconds that the budget leaves; null: no limit.</param>
    public string? Make(Summary summary, IReadOnlyList<Split> splits, double? left, CancellationToken cancel)
    {
        var method = request.Methods.First(m => m.Name == summary.Winner);
        var rows = splits.SelectMany(s => s.Labelled).DistinctBy(e => e.Id, StringComparer.Ordinal).ToList();
        var cells = store.Cells.Values.Where(c => c.Method == summary.Winner && c.Shots == summary.WinnerShots && c.Status == CellStatus.Done).OrderBy(c => c.Seed).ToArray();
        var refit = method.Method.Card.UsesRows && rows.Count > cells[0].LabelledRows;
        var expected = cells.Max(c => c.FitSeconds) * rows.Count / Math.Max(1, cells[0].LabelledRows);
        if (refit && expected > left)
        {
            Take(cells[0], summary);
            return $"{RunFiles.Best}/ holds the winner as it was fitted for seed {Number(cells[0].Seed)}: the budget leaves no time to fit it on all labelled rows";
        }
        if (!refit)
        {
            Take(cells[0], summary);
            return null;
        }
        return Refit(method, rows, splits.Count, cells[0], summary, cancel);
    }

    private string? Refit(PlannedMethod method, List<Example> rows, int seeds, CellResult first, Summary summary, CancellationToken cancel)
    {
        var note = Note(summary, "refitted", rows.Count);
        if (IsThere(note))
            return null;
        try
        {
            runner.ForgetPrompts();
            var adaptation = method.Method.Fit(runner.Context(rows, request.FirstSeed, 1, cancel), method.Options);
            var how = string.Create(CultureInfo.InvariantCulture, $"refitted on {rows.Count} labelled rows: all that {seeds} seeds drew at {summary.WinnerShots} shots; its score is that of fits on {first.LabelledRows}");
            Put(path => AdaptationStore.Save(adaptation with { Notes = [.. adaptation.Notes, how] }, path), note);
            return null;
        }
        catch (StorageException)
        {
            throw;
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            return $"{RunFiles.Best}/ was not made, since the comparison was cancelled; give the same command again";
        }
        catch (Exception e)
        {
            Take(first, summary);
            return $"{RunFiles.Best}/ holds the winner as it was fitted for seed {Number(first.Seed)}: fitting it on all labelled rows failed ({e.Message})";
        }
    }

    private void Take(CellResult cell, Summary summary)
    {
        var note = Note(summary, "taken over", cell.LabelledRows);
        if (!IsThere(note))
            Put(path => Copy(Path.Combine(store.Folder, cell.Adaptation), path), note);
    }

    /// <summary>The note goes first and comes back last, so that it never stands beside another best/.</summary>
    private void Put(Action<string> save, string note)
    {
        var path = Path.Combine(store.Folder, RunFiles.Best);
        RunFiles.Guard(path, () =>
        {
            File.Delete(Path.Combine(store.Folder, RunFiles.BestNote));
            save(path);
        });
        store.Write(RunFiles.BestNote, note);
    }

    private bool IsThere(string note)
    {
        var path = Path.Combine(store.Folder, RunFiles.BestNote);
        return File.Exists(path) && File.ReadAllText(path) == note && File.Exists(Path.Combine(store.Folder, RunFiles.Best, AdaptationStore.FileName));
    }

    private static string Note(Summary summary, string how, int rows) => new JsonObject
    {
        ["method"] = summary.Winner,
        ["shots"] = summary.WinnerShots,
        ["how"] = how,
        ["rows"] = rows,
    }.ToJsonString(ComparisonJson.Indented) + "\n";

    private static void Copy(string from, string to)
    {
        var staging = to + RunFiles.Partial;
        if (Directory.Exists(staging))
            Directory.Delete(staging, recursive: true);
        Directory.CreateDirectory(staging);
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(staging, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(staging, Path.GetRelativePath(from, file)));
        if (Directory.Exists(to))
            Directory.Delete(to, recursive: true);
        Directory.Move(staging, to);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
