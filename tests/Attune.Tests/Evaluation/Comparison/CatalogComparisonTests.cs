using System.Collections;
using Attune.Data;
using Attune.Evaluation.Comparison;
using Attune.Methods;
using Attune.Tests.Data;

namespace Attune.Tests.Evaluation.Comparison;

/// <summary>Every method of the catalog, on models of a few thousand weights.</summary>
public sealed class CatalogComparisonTests : ComparisonFixture
{
    [Fact]
    public void Run_WholeCatalogInterruptedAndResumed_GivesTheSameScoresAndCountedCosts()
    {
        var (whole, broken) = (Catalogue("whole"), Catalogue("broken"));
        RunTiny(whole);
        using (var stop = new CancellationTokenSource())
        {
            // In the middle of the first seed, while a cell is being computed; the rest runs with models that have computed nothing yet.
            var observer = new Recorder { OnStarted = key => { if (key == "icl-random/2/0") stop.Cancel(); } };
            Assert.ThrowsAny<OperationCanceledException>(() => RunTiny(broken, observer, stop.Token));
            Assert.InRange(observer.Ended.Count, 1, Lines(whole).Length - 1);
        }
        var results = RunTiny(broken);
        Assert.Equal(Comparable(whole), Comparable(broken));
        Assert.DoesNotContain(results.Cells, c => c.Status == CellStatus.Failed);
        Assert.Equal(Catalog.All.Count, results.Summary.Rows.Select(r => r.Method).Distinct().Count());
        Assert.Equal("zero-shot", results.Summary.Baseline);
        var zero = results.Cells.First(c => c.Method == "zero-shot");
        Assert.True(zero.PromptTokens > 10 && zero.QueryFlops > 0 && zero.FitFlops == 0);
        Assert.NotNull(results.Predictions[zero.Key][0].Prompt);
        Assert.Equal(Catalog.All.Select(m => m.Card.Name), results.Cells.Where(c => c.Status == CellStatus.Done && Reloads(broken, c)).Select(c => c.Method).Distinct().OrderBy(Place));
    }

    private static int Place(string method) => Catalog.All.TakeWhile(m => m.Card.Name != method).Count();

    /// <summary>Loads a cell's saved adaptation and predicts a row as the cell did.</summary>
    private static bool Reloads(ComparisonRequest request, CellResult cell)
    {
        using var model = TinyModels.Language();
        using var encoder = TinyModels.Encoder();
        using var predictor = new Predictor(AdaptationStore.Load(Path.Combine(request.Folder!, cell.Adaptation)), model, encoder, request.Overflow);
        var row = ComparisonRunner.Read(request.Folder!).Predictions[cell.Key][0];
        var prediction = predictor.Predict([request.Data.Test!.Single(e => e.Id == row.Id).Input])[0];
        return prediction.Label == row.Label && StructuralComparisons.StructuralEqualityComparer.Equals(prediction.Probabilities, row.Probabilities);
    }

    private ComparisonRequest Catalogue(string folder)
    {
        var (task, rows) = TinyModels.Task(60);
        var test = rows.Take(12).Select(r => r with { Id = r.Id.Replace("train", "test", StringComparison.Ordinal) }).ToArray();
        return Request(folder) with
        {
            Data = Sets.Of(task, [.. rows.Skip(12)], test) with { Hash = "tiny" },
            Methods = [.. Catalog.All.Select(m => new PlannedMethod(m.Card.Name, m, m.DefaultOptions))],
            // Prompts of few rows, since the small model's tokens are bytes.
            Shots = [new ShotSpec(0, null), new ShotSpec(2, null)],
            Seeds = 1,
        };
    }

    private static RunResults RunTiny(ComparisonRequest request, Recorder? observer = null, CancellationToken cancel = default)
    {
        using var model = TinyModels.Language();
        using var encoder = TinyModels.Encoder();
        return new ComparisonRun(request, model, encoder, observer ?? new Recorder(), cancel, new ManualTime()).Run();
    }
}
