using Attune.Data;
using Attune.Methods.Weights;
using Attune.Models;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Methods.Adapters;

/// <summary>
/// Trains an adapter by AdamW on the label's words behind the prompts. A share of the labelled rows is held out, and the epoch of least loss there is kept.
/// </summary>
internal static class AdapterTraining
{
    private const int LeastHeldOut = 4;

    public static void Check(string method, AdapterOptions options)
    {
        if (options.BatchSize < 1 || options.Epochs < 1 || options.MaxSteps < 1 || options.HoldOut is < 0 or >= 1 || options.Patience < 1)
            throw new AttuneException($"{method}: batch-size, epochs, max-steps and patience must be at least 1, hold-out at least 0 and below 1");
    }

    /// <summary>Trains; gives the notes.</summary>
    public static IReadOnlyList<string> Run(string method, FitContext context, LanguageModel model, PeftAdapter adapter, AdapterOptions options)
    {
        var sites = new SiteSet(model.Transformer, "training");
        adapter.Attach(sites);
        var (train, held) = HoldOut(context, options);
        var training = new LabelTraining(context, model, sites, train) { PromptTargets = adapter.PromptTargets };
        var validation = held.Count > 0 ? new LabelTraining(context, model, sites, held) { PromptTargets = adapter.PromptTargets } : null;
        if (training.Count == 0 || validation is { Count: 0 })
            throw new AttuneException($"{method}: no labelled row fits the model's context under this overflow policy; give shorter rows");
        return [Train(method, context, options, adapter, training, validation), .. training.Notes, .. validation?.Notes ?? []];
    }

    /// <summary>A share of each label's rows, where there are enough.</summary>
    private static (IReadOnlyList<Example> Train, IReadOnlyList<Example> Held) HoldOut(FitContext context, AdapterOptions options)
    {
        var count = (int)(options.HoldOut * context.Examples.Count);
        if (count < LeastHeldOut)
            return (context.Examples, []);
        HashSet<Example> held = [.. Prompt.DemonstrationDraw.Draw(context.Examples, count, balanced: context.Task.Kind == TaskKind.Classification, context.Random("held out"))];
        return ([.. context.Examples.Where(e => !held.Contains(e))], [.. held]);
    }

    private static string Train(string method, FitContext context, AdapterOptions options, PeftAdapter adapter, LabelTraining training, LabelTraining? validation)
    {
        var parameters = adapter.Parameters;
        var trainer = new Trainer(parameters, new TrainerOptions
        {
            LearningRate = options.LearningRate, BatchSize = options.BatchSize, Epochs = options.Epochs, MaxSteps = options.MaxSteps,
            ClipNorm = options.Clip, WeightDecay = options.WeightDecay, BrainProducts = options.Bfloat16, OnGradients = adapter.AfterBackward,
        });
        var best = (Loss: double.PositiveInfinity, Epoch: 0, Values: Array.Empty<float[]>());
        var last = 0.0;
        trainer.Run(
            training.Count,
            (graph, items) =>
            {
                adapter.BeforeStep();
                var loss = training.Loss(graph, items);
                return adapter.Penalty(graph) is { IsEmpty: false } penalty ? graph.Add(loss, penalty) : loss;
            },
            context.Random("batches"),
            step =>
            {
                last = step.Loss;
                context.Progress?.Invoke((double)step.Step / step.Steps, FormattableString.Invariant($"step {step.Step}/{step.Steps}, loss {step.Loss:0.000}"));
            },
            epoch =>
            {
                if (validation is null)
                    return true;
                adapter.BeforeStep();
                var loss = validation.MeanLoss(options.BatchSize, context.Cancellation);
                if (loss < best.Loss)
                    best = (loss, epoch, [.. parameters.Select(p => p.Value.Span.ToArray())]);
                return epoch - best.Epoch < options.Patience;
            },
            context.Cancellation);
        adapter.BeforeStep();
        var memory = trainer.Recomputed ? "; blocks were computed twice to stay within the memory limit" : "";
        if (validation is null)
            return FormattableString.Invariant($"trained on {training.Count} rows, last loss {last:0.000}; too few rows to hold any out") + memory;
        if (best.Epoch == 0)
            throw new AttuneException($"{method}: training diverged, no epoch gave a finite loss on the held-out rows; lower the learning rate", AttuneErrorKind.Work);
        for (var i = 0; i < parameters.Count; i++)
            best.Values[i].CopyTo(parameters[i].Value.Span);
        return FormattableString.Invariant($"epoch {best.Epoch} had the least loss, {best.Loss:0.000}, on {validation.Count} held-out rows; trained on {training.Count}") + memory;
    }
}
