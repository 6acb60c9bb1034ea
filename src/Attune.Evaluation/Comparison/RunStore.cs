using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>A run's folder, held by this process alone until disposed; the system gives it free if the process is killed.</summary>
internal sealed class RunStore : IDisposable
{
    private readonly FileStream hold;
    private readonly RunFiles.Opener open;
    private readonly ResultsFile results;
    private readonly Dictionary<string, CellResult> cells;

    private RunStore(string folder, FileStream hold, RunFiles.Opener open)
    {
        (Folder, this.hold, this.open) = (folder, hold, open);
        results = new ResultsFile(Path.Combine(folder, RunFiles.Results), open);
        cells = results.Recover().ToDictionary(c => c.Key, StringComparer.Ordinal);
    }

    public string Folder { get; }

    /// <summary>The cells that ended, by key, in the order in which they did.</summary>
    public IReadOnlyDictionary<string, CellResult> Cells => cells;

    /// <summary>Opens the folder for a comparison, made if need be.</summary>
    /// <exception cref="AttuneException">It holds another comparison, other files, or a comparison that runs just now.</exception>
    public static RunStore Open(string folder, RunConfiguration configuration, RunFiles.Opener open)
    {
        RequireOwn(folder, configuration);
        RunFiles.Guard(folder, () => Directory.CreateDirectory(folder));
        var hold = Take(folder);
        try
        {
            // Read again: another process may have begun the run in between.
            RequireOwn(folder, configuration);
            var path = Path.Combine(folder, RunFiles.Configuration);
            var text = configuration.Write();
            if (!File.Exists(path) || File.ReadAllText(path) != text)
                RunFiles.WriteWhole(path, text, open);
            return new RunStore(folder, hold, open);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a cell: its predictions first, then its line, so that a line never names what is not there.</summary>
    public void Add(CellResult cell, IReadOnlyList<RowPrediction> predictions)
    {
        if (cell.Predictions.Length > 0)
        {
            var path = Path.Combine(Folder, cell.Predictions);
            RunFiles.Guard(path, () => Directory.CreateDirectory(Path.GetDirectoryName(path)!));
            PredictionsFile.Write(path, predictions, open);
        }
        results.Append(cell);
        cells[cell.Key] = cell;
    }

    public void Write(string name, string text) => RunFiles.WriteWhole(Path.Combine(Folder, name), text, open);

    /// <summary>Takes texts and prompts out of predictions that were written without --no-examples.</summary>
    public void RemoveTexts()
    {
        foreach (var path in cells.Values.Where(c => c.Predictions.Length > 0).Select(c => Path.Combine(Folder, c.Predictions)))
        {
            var rows = PredictionsFile.Read(path);
            if (rows.Any(r => r.Text is not null || r.Prompt is not null))
                PredictionsFile.Write(path, [.. rows.Select(r => r with { Text = null, Prompt = null, Tokens = null })], open);
        }
    }

    public void Dispose() => hold.Dispose();

    private static void RequireOwn(string folder, RunConfiguration configuration)
    {
        if (File.Exists(folder))
            throw new AttuneException($"'{folder}' is a file; give a folder for the results with --out");
        if (!Directory.Exists(folder))
            return;
        var path = Path.Combine(folder, RunFiles.Configuration);
        if (File.Exists(path))
            configuration.Identity.RequireSame(RunConfiguration.Read(File.ReadAllText(path), path).Identity, folder);
        else if (Directory.EnumerateFileSystemEntries(folder).Any(e => !IsOurs(Path.GetFileName(e))))
            throw new AttuneException($"'{folder}' holds files but no comparison; give a new or empty folder with --out");
    }

    private static bool IsOurs(string name) => name is RunFiles.Lock or RunFiles.Configuration + RunFiles.Partial;

    private static FileStream Take(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Lock);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (!RunFiles.IsFull(e) && File.Exists(path))
        {
            throw new AttuneException($"another comparison is running in '{folder}'; wait until it ends, or give another folder with --out", AttuneErrorKind.Request, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AttuneException($"'{folder}' cannot be written ({e.Message.TrimEnd('.')}); give another folder with --out", AttuneErrorKind.Work, e);
        }
    }
}
