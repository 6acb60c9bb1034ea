using Attune.Data;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Training;

namespace Attune.Methods.Weights;

/// <summary>Options of <see cref="Lora"/>.</summary>
public sealed record LoraOptions : MethodOptions
{
    [Option("rank r of the deltas")]
    public int Rank { get; init; } = 8;

    [Option("α: the delta is α/r · B·A")]
    public double Alpha { get; init; } = 16;

    [Option("scale by α/√r instead (rsLoRA)")]
    public bool RankStabilised { get; init; }

    [Option("dropout on the delta's input while training")]
    public double Dropout { get; init; }

    [Option("maps that get a delta, by the last part of their names, or all-linear; q_proj and v_proj stand for a model's queries and values under any name")]
    public IReadOnlyList<string> Targets { get; init; } = ["q_proj", "v_proj"];

    [Option("peak learning rate; rises over a tenth of the steps, then falls to 0")]
    public double LearningRate { get; init; } = 5e-4;

    [Option("times that every row is seen, at most")]
    public int Epochs { get; init; } = 12;

    [Option("rows in a step")]
    public int BatchSize { get; init; } = 8;

    [Option("most steps in all; unset: no limit")]
    public int? MaxSteps { get; init; } = 150;

    [Option("share of the labelled rows held out to choose the epoch; 0: the last epoch is taken")]
    public double HoldOut { get; init; } = 0.25;

    [Option("epochs without improvement on the held-out rows after which training stops")]
    public int Patience { get; init; } = 4;

    [Option("largest gradient norm")]
    public double Clip { get; init; } = 1;

    [Option("decoupled weight decay")]
    public double WeightDecay { get; init; }

    [Option("round the factors of products to bfloat16 while training: faster on processors that have such products")]
    public bool Bfloat16 { get; init; }
}

/// <summary>
/// Low-rank adaptation (Hu et al. 2022): W + (α/r)·B·A beside frozen maps, A uniform in ±1/√in, B zero, trained by AdamW on the label's
/// words. A share of the labelled rows is held out, and the epoch of least loss there is kept.
/// </summary>
public sealed class Lora : Method<LoraOptions>
{
    private const int LeastHeldOut = 4;

    public override MethodCard Card { get; } = new()
    {
        Name = "lora",
        Summary = "Trains low-rank deltas beside frozen matrices on the labelled rows.",
        Paper = "Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    protected override Adaptation Fit(FitContext context, LoraOptions options)
    {
        if (options.BatchSize < 1 || options.Epochs < 1 || options.MaxSteps < 1 || options.HoldOut is < 0 or >= 1 || options.Patience < 1)
            throw new AttuneException("lora: batch-size, epochs, max-steps and patience must be at least 1, hold-out at least 0 and below 1");
        var model = context.RequireModel(Card.Name);
        var settings = new LoraSettings(options.Rank, options.Alpha, options.RankStabilised, options.Dropout, LoraTargets.Of(model, options.Targets));
        var factors = Start(model, settings, context.Random("lora"));
        var adapter = new LoraAdapter(settings, factors);
        var sites = new SiteSet(model.Transformer, "training");
        adapter.Attach(sites, model);
        var (train, held) = HoldOut(context, options);
        var training = new LabelTraining(context, model, sites, train);
        var validation = held.Count > 0 ? new LabelTraining(context, model, sites, held) : null;
        if (training.Count == 0 || validation is { Count: 0 })
            throw new AttuneException("lora: no labelled row fits the model's context under this overflow policy; give shorter rows");
        foreach (var f in factors)
            f.Dropout = options.Dropout > 0 ? ((float)options.Dropout, context.Random("dropout " + f.Module)) : null;
        var note = Train(context, options, factors, training, validation);
        foreach (var f in factors)
            f.Dropout = null;
        return context.Of(this, options, adapter) with { Notes = [note, .. training.Notes, .. validation?.Notes ?? []] };
    }

    private static List<LoraFactors> Start(LanguageModel model, LoraSettings settings, SeededRandom random)
    {
        if (settings.Rank < 1)
            throw new AttuneException($"lora: rank is {settings.Rank}; it must be at least 1");
        var every = settings.Targets is ["all-linear"];
        var roles = model.Transformer.Linears.Where(l => l.Layer >= 0).Select(l => l.Role).Distinct().ToArray();
        foreach (var target in settings.Targets)
            if (!every && !roles.Contains(target))
                throw new AttuneException($"lora: {model.Name} has no map '{target}'; it has {string.Join(", ", roles)}");
        var factors = new List<LoraFactors>();
        foreach (var module in model.Transformer.Linears.Where(l => l.Layer >= 0 && (every || settings.Targets.Contains(l.Role))))
        {
            var f = new LoraFactors(module.Name, settings.Rank, module.Inputs, module.Outputs, settings.Scale);
            var bound = 1 / Math.Sqrt(module.Inputs);
            foreach (ref var a in f.A.Value.Span)
                a = (float)((2 * random.NextDouble() - 1) * bound);
            factors.Add(f);
        }
        return factors;
    }

    /// <summary>A share of each label's rows, where there are enough.</summary>
    private static (IReadOnlyList<Example> Train, IReadOnlyList<Example> Held) HoldOut(FitContext context, LoraOptions options)
    {
        var count = (int)(options.HoldOut * context.Examples.Count);
        if (count < LeastHeldOut)
            return (context.Examples, []);
        var held = DrawHeld(context, count);
        return ([.. context.Examples.Where(e => !held.Contains(e))], [.. held]);
    }

    private static HashSet<Example> DrawHeld(FitContext context, int count) =>
        [.. Prompt.DemonstrationDraw.Draw(context.Examples, count, balanced: context.Task.Kind == TaskKind.Classification, context.Random("held out"))];

    private static string Train(FitContext context, LoraOptions options, List<LoraFactors> factors, LabelTraining training, LabelTraining? validation)
    {
        var parameters = factors.SelectMany(f => new[] { f.A, f.B }).ToArray();
        var trainer = new Trainer(parameters, new TrainerOptions
        {
            LearningRate = options.LearningRate, BatchSize = options.BatchSize, Epochs = options.Epochs, MaxSteps = options.MaxSteps,
            ClipNorm = options.Clip, WeightDecay = options.WeightDecay, BrainProducts = options.Bfloat16,
        });
        var best = (Loss: double.PositiveInfinity, Epoch: 0, Values: Array.Empty<float[]>());
        var last = 0.0;
        trainer.Run(
            training.Count, training.Loss, context.Random("batches"),
            step =>
            {
                last = step.Loss;
                context.Progress?.Invoke((double)step.Step / step.Steps, FormattableString.Invariant($"step {step.Step}/{step.Steps}, loss {step.Loss:0.000}"));
            },
            epoch =>
            {
                if (validation is null)
                    return true;
                var loss = validation.MeanLoss(options.BatchSize, context.Cancellation);
                if (loss < best.Loss)
                    best = (loss, epoch, [.. parameters.Select(p => p.Value.Span.ToArray())]);
                return epoch - best.Epoch < options.Patience;
            },
            context.Cancellation);
        var memory = trainer.Recomputed ? "; blocks were computed twice to stay within the memory limit" : "";
        if (validation is null)
            return FormattableString.Invariant($"trained on {training.Count} rows, last loss {last:0.000}; too few rows to hold any out") + memory;
        if (best.Epoch == 0)
            throw new AttuneException("lora: training diverged, no epoch gave a finite loss on the held-out rows; lower the learning rate", AttuneErrorKind.Work);
        for (var i = 0; i < parameters.Length; i++)
            best.Values[i].CopyTo(parameters[i].Value.Span);
        return FormattableString.Invariant($"epoch {best.Epoch} had the least loss, {best.Loss:0.000}, on {validation.Count} held-out rows; trained on {training.Count}") + memory;
    }
}
