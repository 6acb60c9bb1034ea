using System.Globalization;
using Attune.Data;
using Attune.Methods;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;

namespace Attune.Evaluation.Comparison;

/// <summary>What a cell gave: its line and, if it is done, its predictions.</summary>
internal sealed record CellOutcome(CellResult Cell, IReadOnlyList<RowPrediction> Predictions);

/// <summary>
/// Fits one method on the labelled rows of a split and predicts its test rows. The method is given the labelled rows and the inputs of the
/// test rows, never the split; gold labels meet predictions here, after both.
/// </summary>
internal sealed class CellRunner(ComparisonRequest request, LanguageModel? model, SentenceEncoder? encoder, IComparisonObserver observer, string folder, TimeProvider time)
{
    /// <summary>Rows between two reports of progress; a row's prediction does not depend on it.</summary>
    private const int ChunkRows = 64;

    /// <summary>Rows whose exact prompt is kept.</summary>
    private const int PromptRows = 3;

    /// <summary>How far outside [0, 1] a float32 softmax may round.</summary>
    private const double Rounding = 1e-6;

    /// <summary>The cell's line where the method cannot work on it; null where it can.</summary>
    public CellResult? NotApplicable(CellKey key, PlannedMethod method, Split split) =>
        WhyNot(method.Method.Card, split) is { } reason ? Without(key, split, CellStatus.NotApplicable, reason).Cell : null;

    /// <summary>Runs the cell; whatever the method throws makes a failed cell. Cancellation and what the disk refuses are thrown.</summary>
    public CellOutcome Run(CellKey key, PlannedMethod method, Split split, CancellationToken cancel)
    {
        ForgetPrompts();
        // Weights that an earlier cell trained are freed by finalisers; the mark must not count them.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        EngineMemory.ResetPeak();
        try
        {
            return Measure(key, method, split, cancel);
        }
        catch (StorageException)
        {
            throw;
        }
        catch (Exception e) when (!RunFiles.IsFull(e))
        {
            cancel.ThrowIfCancellationRequested();
            return Without(key, split, CellStatus.Failed, e is AttuneException ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>What fitting is given: models, task, labelled rows, seed. The delegate for progress leads to the observer alone.</summary>
    public FitContext Context(IReadOnlyList<Example> labelled, int seed, double share, CancellationToken cancel)
    {
        var told = observer;
        return new FitContext
        {
            Task = request.Data.Task,
            Examples = labelled,
            Model = model,
            Encoder = encoder,
            Seed = seed,
            Overflow = request.Overflow,
            Progress = (done, what) => told.Progress(Math.Clamp(done, 0, 1) * share, what),
            Cancellation = cancel,
        };
    }

    /// <summary>
    /// What was computed for an earlier cell must not make this one cheaper: its costs would depend on the order of cells and on resuming.
    /// </summary>
    public void ForgetPrompts() => model?.Forget(new SiteSet(model.Transformer, ""));

    private CellOutcome Measure(CellKey key, PlannedMethod method, Split split, CancellationToken cancel)
    {
        var share = method.Method.Card.UsesRows ? 0.5 : 0;
        var cut = encoder?.Truncated ?? 0;
        var (start, before) = (time.GetTimestamp(), Counters());
        var adaptation = method.Method.Fit(Context([.. split.Labelled], split.Seed, share, cancel), method.Options);
        var (fitSeconds, fitted) = (time.GetElapsedTime(start).TotalSeconds, Counters());
        var saved = Path.Combine(RunFiles.Adaptations, key.FileName);
        var bytes = Save(adaptation, Path.Combine(folder, saved));

        var (queryStart, queried) = (time.GetTimestamp(), Counters());
        var predictions = Predict(adaptation, split.TestInputs, share, cancel);
        var querySeconds = time.GetElapsedTime(queryStart).TotalSeconds;
        var (fit, query) = (fitted - before, Counters() - queried);

        var rows = Rows(predictions, split.Test);
        var seen = predictions.Where(p => p.Label is not null).ToArray();
        return new CellOutcome(Blank(key, split, CellStatus.Done) with
        {
            Metrics = CellMetrics.Of(rows, request.Data.Task),
            Rows = rows.Count,
            Dropped = rows.Count - seen.Length,
            Shortened = seen.Count(p => p.Overflow.Length > 0),
            FitSeconds = fitSeconds,
            QueryMilliseconds = querySeconds * 1000 / rows.Count,
            PromptTokens = seen.Select(p => (double)p.PromptTokens).DefaultIfEmpty(0).Average(),
            QueryFlops = query.Flops / rows.Count,
            TrainedParameters = adaptation.TrainedParameters,
            Bytes = bytes,
            PeakMemoryBytes = EngineMemory.PeakBytes,
            FitCalls = fit.Calls,
            FitTokens = fit.ComputedTokens,
            FitFlops = fit.Flops,
            Predictions = $"{RunFiles.Predictions}/{key.FileName}.jsonl",
            Adaptation = $"{RunFiles.Adaptations}/{key.FileName}",
            Notes = encoder is not null && encoder.Truncated > cut
                ? [.. adaptation.Notes, string.Create(CultureInfo.InvariantCulture, $"the encoder cut {encoder.Truncated - cut} texts to its {encoder.Settings.MaxTokens} tokens (a text counts each time it is embedded)")]
                : adaptation.Notes,
        }, rows);
    }

    private List<Prediction> Predict(Adaptation adaptation, IReadOnlyList<Input> inputs, double share, CancellationToken cancel)
    {
        using var predictor = new Predictor(adaptation, model, encoder, request.Overflow);
        var result = new List<Prediction>(inputs.Count);
        while (result.Count < inputs.Count)
        {
            cancel.ThrowIfCancellationRequested();
            Input[] chunk = [.. inputs.Skip(result.Count).Take(ChunkRows)];
            var predicted = predictor.Predict(chunk, withPrompts: result.Count == 0 && !request.NoExamples, cancel);
            if (predicted.Count != chunk.Length)
                throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"{adaptation.Provenance.Method} predicted {predicted.Count} rows of {chunk.Length}; this is an error of the method"));
            result.AddRange(predicted);
            observer.Progress(share + (1 - share) * result.Count / inputs.Count, "predicting");
        }
        return result;
    }

    private List<RowPrediction> Rows(List<Prediction> predictions, IReadOnlyList<Example> test)
    {
        var shared = request.Data.Task.Kind == TaskKind.Classification;
        var rows = new List<RowPrediction>(test.Count);
        for (var i = 0; i < test.Count; i++)
        {
            var p = predictions[i];
            if (p.Probabilities.Length != p.Labels.Count)
                throw new AttuneException(string.Create(CultureInfo.InvariantCulture, $"the row {test[i].Id} has {p.Probabilities.Length} probabilities for {p.Labels.Count} labels; this is an error of the method"));
            if (!p.Probabilities.All(v => v >= -Rounding && v <= 1 + Rounding))
                throw new AttuneException($"the row {test[i].Id} has a probability that is not between 0 and 1; this is an error of the method");
            rows.Add(new RowPrediction(
                test[i].Id, test[i].Label, p.Label, Array.ConvertAll(p.Probabilities, v => Math.Clamp(v, 0, 1)), shared ? null : p.Labels, p.PromptTokens, p.Overflow,
                request.NoExamples ? null : test[i].Input.Text,
                request.NoExamples || i >= PromptRows ? null : p.Prompt)
            {
                Tokens = request.NoExamples || i > 0 ? null : p.Tokens,
            });
        }
        return rows;
    }

    private string? WhyNot(MethodCard card, Split split)
    {
        if (!card.Tasks.Contains(request.Data.Task.Kind))
            return $"{card.Name} cannot work on {TaskKindNames.Name(request.Data.Task.Kind)}";
        if (split.Labelled.Count < card.LeastRows)
            return string.Create(CultureInfo.InvariantCulture, $"{card.Name} needs at least {card.LeastRows} labelled rows and has {split.Labelled.Count}");
        return card.View switch
        {
            ModelView.Text or ModelView.Transformer when model is null => $"{card.Name} needs a language model; give one with --model PATH",
            ModelView.Encoder when encoder is null => $"{card.Name} needs a sentence encoder; give one with --encoder PATH",
            ModelView.Transformer => model!.Transformer.WhyNot(card.Site),
            _ => null,
        };
    }

    private CellOutcome Without(CellKey key, Split split, CellStatus status, string message) =>
        new(Blank(key, split, status) with { Message = message }, []);

    private CellResult Blank(CellKey key, Split split, CellStatus status) => new()
    {
        Method = key.Method,
        Shots = key.Shots,
        Seed = key.Seed,
        Status = status,
        LabelledRows = split.Labelled.Count,
        Kernels = Machine.Kernels,
        Processor = Machine.Processor,
        Version = Machine.Version,
        Precision = OptionsJson.Name(request.Precision.ToString()),
        Ended = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };

    private static long Save(Adaptation adaptation, string path)
    {
        var bytes = 0L;
        RunFiles.Guard(path, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            bytes = AdaptationStore.Save(adaptation, path);
        });
        return bytes;
    }

    private EngineCounters Counters() => (model?.Counters ?? default) + (encoder?.Counters ?? default);
}
