using System.Globalization;
using Attune.Data;
using Attune.Models;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>One call of a comparison: plans, computes the cells that are not there yet, keeps each as it ends, and sums up.</summary>
internal sealed class ComparisonRun
{
    private const string DefaultHome = "runs";

    /// <summary>What a timer can wait; a longer budget needs none.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private readonly ComparisonRequest request;
    private readonly IComparisonObserver observer;
    private readonly CancellationToken cancel;
    private readonly TimeProvider time;
    private readonly RunFiles.Opener open;
    private readonly RunConfiguration configuration;
    private readonly Dictionary<(string Shots, int Seed), Split> splits = [];
    private readonly LanguageModel? model;
    private readonly SentenceEncoder? encoder;
    private readonly TimeBudget budget;

    /// <param name="open">Opens files for writing; null: as they are.</param>
    /// <exception cref="AttuneException">The request cannot be worked on.</exception>
    public ComparisonRun(
        ComparisonRequest request, LanguageModel? model, SentenceEncoder? encoder, IComparisonObserver observer, CancellationToken cancel, TimeProvider? time = null, RunFiles.Opener? open = null)
    {
        (this.request, this.model, this.encoder, this.observer, this.cancel) = (request, model, encoder, observer, cancel);
        this.time = time ?? TimeProvider.System;
        this.open = open ?? RunFiles.Open;
        RequestChecks.Check(request);
        configuration = RunConfiguration.Of(request, model, encoder);
        budget = new TimeBudget(request.Budget, this.time);
    }

    public RunResults Run()
    {
        Draw();
        var folder = request.Folder ?? Path.Combine(DefaultHome, $"{RunFiles.Safe(configuration.TaskName)}-{configuration.Identity.Hash[..8]}");
        using var store = RunStore.Open(folder, configuration, open);
        RunPointer.Set(folder);
        var plan = configuration.Cells();
        observer.Planned(folder, plan.Count, plan.Count(c => store.Cells.ContainsKey(c.Text)));
        WarnOfLeaks();
        if (request.NoExamples)
            store.RemoveTexts();
        var runner = new CellRunner(request, model, encoder, observer, folder, time);
        var notRun = Compute(plan, store, runner);
        return Finish(store, runner, notRun);
    }

    /// <summary>All splits before the first cell, so that too many shots are refused at once.</summary>
    private void Draw()
    {
        foreach (var cell in configuration.Cells().DistinctBy(c => (c.Shots, c.Seed)))
            splits[(cell.Shots, cell.Seed)] = Splitter.Draw(request.Data, cell.Seed, new SplitOptions(ShotSpec.Parse(cell.Shots), request.TestRows, request.Natural, request.KeepLeaks));
    }

    private void WarnOfLeaks()
    {
        var most = splits.Values.Max(s => s.LeaksLeftOut);
        if (most > 0)
            observer.Warning(string.Create(CultureInfo.InvariantCulture, $"up to {most} labelled rows also stand in the test rows and were left out of fitting; --keep-leaks keeps them"));
    }

    /// <summary>The cells that the budget leaves out.</summary>
    private List<CellResult> Compute(IReadOnlyList<CellKey> plan, RunStore store, CellRunner runner)
    {
        var notRun = new List<CellResult>();
        var first = true;
        foreach (var seed in plan.GroupBy(c => c.Seed))
        {
            var cells = seed.ToArray();
            foreach (var cell in first ? cells : budget.Order(cells, configuration.Shots, store.Cells.Values).ToArray())
            {
                if (store.Cells.ContainsKey(cell.Text))
                    continue;
                cancel.ThrowIfCancellationRequested();
                if (!ComputeOne(cell, store, runner))
                    notRun.Add(NotRun(cell, budget.Reason));
            }
            first = false;
        }
        return notRun;
    }

    /// <summary>False if the budget has no time for the cell.</summary>
    private bool ComputeOne(CellKey cell, RunStore store, CellRunner runner)
    {
        var (method, split) = (request.Methods.First(m => m.Name == cell.Method), splits[(cell.Shots, cell.Seed)]);
        if (runner.NotApplicable(cell, method, split) is { } without)
        {
            observer.CellStarted(cell.Method, cell.Shots, cell.Seed);
            Keep(new CellOutcome(without, []), store);
            return true;
        }
        if (!budget.Allows(TimeBudget.Expect(cell, configuration.Shots, store.Cells.Values)))
            return false;
        observer.CellStarted(cell.Method, cell.Shots, cell.Seed);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var end = budget.Left is { } left && left < LongestTimer ? new CancellationTokenSource(left, time) : new CancellationTokenSource();
        using var link = end.Token.Register(stop.Cancel);
        try
        {
            Keep(runner.Run(cell, method, split, stop.Token), store);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && end.IsCancellationRequested)
        {
            observer.CellEnded(NotRun(cell, budget.Reason));
            return false;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (IOException e) when (RunFiles.IsFull(e))
        {
            throw new StorageException($"the disk is full; the cells that ended are kept in '{store.Folder}', so make room and give the same command again", e);
        }
    }

    private void Keep(CellOutcome outcome, RunStore store)
    {
        store.Add(outcome.Cell, outcome.Predictions);
        observer.CellEnded(outcome.Cell);
    }

    private RunResults Finish(RunStore store, CellRunner runner, List<CellResult> notRun)
    {
        IReadOnlyList<CellResult> cells = [.. store.Cells.Values];
        var predictions = RunReader.Predictions(store.Folder, cells);
        var summary = Summariser.Build(configuration, cells, predictions, notRun);
        store.Write(RunFiles.Summary, SummaryJson.Write(summary));
        foreach (var warning in summary.Warnings)
            observer.Warning(warning);
        if (summary.Rows.Count == 0)
            throw NothingDone(cells, notRun);
        Split[] drawn = [.. splits.Where(s => s.Key.Shots == summary.WinnerShots).OrderBy(s => s.Key.Seed).Select(s => s.Value)];
        if (new BestAdaptation(request, runner, store).Make(summary, drawn, budget.Left?.TotalSeconds, cancel) is { } sentence)
        {
            observer.Warning(sentence);
            summary = summary with { Warnings = [.. summary.Warnings, sentence] };
            store.Write(RunFiles.Summary, SummaryJson.Write(summary));
        }
        return new RunResults(summary, request.Data.Task, request.Data.Report, cells, predictions, configuration.Write());
    }

    private static AttuneException NothingDone(IReadOnlyList<CellResult> cells, List<CellResult> notRun)
    {
        var reason = cells.FirstOrDefault(c => c.Status == CellStatus.Failed) ?? cells.Concat(notRun).First();
        var kind = cells.All(c => c.Status == CellStatus.NotApplicable) && notRun.Count == 0 ? AttuneErrorKind.Request : AttuneErrorKind.Work;
        return new AttuneException(string.Create(CultureInfo.InvariantCulture, $"none of {cells.Count + notRun.Count} cells has a result; the first of them: {reason.Message}"), kind);
    }

    private static CellResult NotRun(CellKey cell, string reason) =>
        new() { Method = cell.Method, Shots = cell.Shots, Seed = cell.Seed, Status = CellStatus.NotRun, Message = reason };
}
