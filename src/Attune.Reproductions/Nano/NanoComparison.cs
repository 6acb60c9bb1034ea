using System.Text.Json.Nodes;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Reproductions.Nano;

/// <summary>Accuracies by method, rows a label, and seed, from the comparison that users run.</summary>
internal sealed class NanoComparison(LanguageModel model, SentenceEncoder encoder, string scratch, int seeds, int testRows) : IComparisonObserver
{
    private int runs;

    /// <summary>Accuracy of each seed by "method/rows a label".</summary>
    public IReadOnlyDictionary<string, double[]> Run(NanoSet set, IReadOnlyList<int> shots, IReadOnlyList<(string Name, JsonObject? Options)> methods, CancellationToken cancel)
    {
        var results = ComparisonRunner.Run(new ComparisonRequest
        {
            Data = set.Data, DataPath = set.Name, ModelPath = model.Name, EncoderPath = model.Name, Seeds = seeds, TestRows = testRows, Overflow = OverflowPolicy.DropShots,
            Shots = [.. shots.Select(n => new ShotSpec(n, null))], Methods = [.. methods.Select(Planned)], Folder = Path.Combine(scratch, FormattableString.Invariant($"run-{runs++}")),
        }, model, encoder, this, cancel);
        if (results.Cells.FirstOrDefault(c => c.Status is not (CellStatus.Done or CellStatus.NotApplicable)) is { } lost)
            throw new AttuneException($"on {set.Name}, {lost.Method} with {lost.Shots} rows a label and seed {lost.Seed} gave no accuracy ({lost.Message}); seeds are compared in pairs, so none may be missing", AttuneErrorKind.Work);
        return results.Cells.Where(c => c.Status == CellStatus.Done).GroupBy(c => $"{c.Method}/{c.Shots}", StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.OrderBy(c => c.Seed).Select(c => c.Metrics["accuracy"]).ToArray(), StringComparer.Ordinal);
    }

    private static PlannedMethod Planned((string Name, JsonObject? Options) entry)
    {
        var method = Catalog.Get(entry.Name);
        return new PlannedMethod(entry.Name, method, OptionsJson.Read(method, entry.Options));
    }
}
