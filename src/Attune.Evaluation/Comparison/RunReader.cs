using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>Reads a run's folder as it is, also while a comparison writes there.</summary>
internal static class RunReader
{
    public static RunResults Read(string path)
    {
        var folder = RunPointer.Resolve(path);
        var file = Path.Combine(folder, RunFiles.Configuration);
        if (!File.Exists(file))
            throw new AttuneException($"'{folder}' holds no {RunFiles.Configuration}; give the folder of a comparison");
        var text = File.ReadAllText(file);
        var configuration = RunConfiguration.Read(text, file);
        var cells = new ResultsFile(Path.Combine(folder, RunFiles.Results), RunFiles.Open).Read();
        var known = cells.Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        // A run that ended has summed itself up; what is missing then, the budget left out.
        var reason = configuration.BudgetSeconds is { } seconds && File.Exists(Path.Combine(folder, RunFiles.Summary))
            ? new TimeBudget(TimeSpan.FromSeconds(seconds), TimeProvider.System).Reason
            : "it was not reached yet; give the same command again";
        CellResult[] notRun =
        [
            .. configuration.Cells().Where(c => !known.Contains(c.Text))
                .Select(c => new CellResult { Method = c.Method, Shots = c.Shots, Seed = c.Seed, Status = CellStatus.NotRun, Message = reason }),
        ];
        var predictions = Predictions(folder, cells);
        return new RunResults(Summariser.Build(configuration, cells, predictions, notRun), configuration.ReadTask(), configuration.DataReport, cells, predictions, text);
    }

    public static IReadOnlyDictionary<string, IReadOnlyList<RowPrediction>> Predictions(string folder, IReadOnlyList<CellResult> cells) => cells
        .Where(c => c.Status == CellStatus.Done)
        .ToDictionary(c => c.Key, c => PredictionsFile.Read(Path.Combine(folder, c.Predictions)), StringComparer.Ordinal);
}
