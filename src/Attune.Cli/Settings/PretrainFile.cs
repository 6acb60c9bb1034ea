using Attune.Models.Files;
using Attune.Tensors;
using Attune.Tensors.MachineCode;
using Attune.Training.Pretraining;
using YamlDotNet.RepresentationModel;

namespace Attune.Cli.Settings;

/// <summary>The YAML of a training from nothing. Paths are looked for beside the file first, then from the current folder.</summary>
internal sealed class PretrainFile
{
    private static readonly string[] Keys =
    [
        "name", "seed", "start", "model", "tokenizer", "context", "tokens_per_step", "parts", "steps", "tokens", "optimizer", "schedule", "clip", "recompute", "bfloat16", "average", "label_weight",
        "held_out", "evaluation", "checkpoint", "precision", "output", "sources", "card",
    ];

    private readonly string path;
    private readonly YamlFields all;

    private PretrainFile(string path, YamlFields all) => (this.path, this.all) = (path, all);

    /// <summary>Folder that the file names; null: none.</summary>
    public string? Output => all.Text("output");

    public string Name => all.Text("name") ?? Path.GetFileNameWithoutExtension(path);

    /// <exception cref="AttuneException">The file is missing, is not YAML, or has a key that is not known.</exception>
    public static PretrainFile Read(string path) => new(path, new YamlFields(YamlText.ReadMapping(path, "configuration"), path, "a training", Keys));

    /// <summary>What is asked for.</summary>
    /// <param name="seed">In place of the file's; null: the file's.</param>
    /// <exception cref="AttuneException">A value is wrong or sizes contradict each other; the message names line and key.</exception>
    public PretrainingRequest Request(string folder, int? seed)
    {
        // What takes no reading of texts comes first.
        RequireBFloat16();
        var tokenizer = Tokenizer();
        var plan = Plan(seed ?? all.Whole("seed", 0, int.MaxValue, 0), tokenizer);
        CheckPlan(plan, folder);
        var card = all.Fields("card", "the card", "description", "licence", "language", "limits");
        var sources = new PretrainSources(path, plan.Seed, plan.Context, all.Number("held_out", 0, 0.5, 0.02));
        var nodes = all.Mappings("sources");
        if (nodes.Count == 0)
            throw new AttuneException($"{path}: a training needs sources; give a list under sources");
        all.RefuseIf(plan.LabelWeight > 0 && !PretrainSources.HaveLabels(nodes), "label_weight", "does nothing, since no source has labels (the kinds task and episodes do); leave it out");
        return new PretrainingRequest
        {
            Plan = plan, Tokenizer = tokenizer, Folder = folder, Sources = sources.Read(nodes),
            Card = new ModelCardText
            {
                Description = card.Text("description") ?? "", Licence = card.Text("licence"), Language = card.Text("language"), Limits = card.Text("limits") ?? "", DataLicences = sources.Licences,
            },
        };
    }

    private PretrainingPlan Plan(int seed, TokenizerPlan tokenizer)
    {
        var perStep = all.Whole("tokens_per_step", 1, 1 << 28, 16384);
        var evaluation = all.Fields("evaluation", "the evaluation", "every", "documents", "episodes");
        var checkpoint = all.Fields("checkpoint", "checkpoints", "every", "keep");
        var context = all.Whole("context", 2, 1 << 20, 512);
        return new PretrainingPlan
        {
            Name = Name, Seed = seed, Start = Start, Context = context, TokensPerStep = perStep, Parts = all.Whole("parts", 1, 1 << 16, 1), Steps = Steps(perStep),
            Configuration = PretrainModel.Read(all, path, tokenizer, context), Optimizer = Optimizer(), Schedule = Schedule(), Clip = all.Text("clip") == "none" ? null : all.Number("clip", 1e-6, 1e9, 1),
            Recompute = all.Flag("recompute"), BFloat16 = all.Flag("bfloat16"), Average = all.NumberOrNone("average", 0, 0.9999999), LabelWeight = all.Number("label_weight", 0, 1e6, 0),
            Evaluation = new EvaluationPlan { Every = evaluation.Whole("every", 0, int.MaxValue, 200), Documents = evaluation.Whole("documents", 1, 1 << 20, 16), Episodes = evaluation.Whole("episodes", 1, 1 << 20, 32) },
            Checkpoint = new CheckpointPlan { Every = checkpoint.Whole("every", 1, int.MaxValue, 200), Keep = checkpoint.Whole("keep", 1, 1000, 2) },
            Precision = all.OneOf("precision", TensorType.F32, ("f32", TensorType.F32), ("bf16", TensorType.BF16), ("f16", TensorType.F16)),
        };
    }

    private int Steps(int perStep)
    {
        if (all.Has("steps") == all.Has("tokens"))
            throw new AttuneException($"{path}: give either steps or tokens, {(all.Has("steps") ? "not both" : "so that the length of the training is known")}");
        return all.WholeOrNone("steps", 1, int.MaxValue) ?? (int)Math.Min(int.MaxValue, (all.LongOrNone("tokens", 1)!.Value + perStep - 1) / perStep);
    }

    private OptimizerPlan Optimizer()
    {
        var f = all.Fields("optimizer", "the optimizer", "kind", "rate", "matrix_rate", "beta1", "beta2", "epsilon", "momentum", "weight_decay");
        var plan = new OptimizerPlan();
        var muon = f.OneOf("kind", false, ("adamw", false), ("muon", true));
        f.RefuseIf(!muon, "momentum", "does nothing under adamw; leave it out, or give kind: muon");
        f.RefuseIf(!muon, "matrix_rate", "does nothing under adamw; leave it out, or give kind: muon");
        return new OptimizerPlan
        {
            Muon = muon, Rate = f.Number("rate", 1e-12, 1e3, plan.Rate), MatrixRate = f.Number("matrix_rate", 1e-6, 1e6, plan.MatrixRate),
            Beta1 = f.Number("beta1", 0, 0.999999, plan.Beta1), Beta2 = f.Number("beta2", 0, 0.9999999, plan.Beta2), Epsilon = f.Number("epsilon", 0, 1, plan.Epsilon),
            Momentum = f.Number("momentum", 0, 0.999999, plan.Momentum), WeightDecay = f.Number("weight_decay", 0, 1e3, plan.WeightDecay),
        };
    }

    private SchedulePlan Schedule()
    {
        var f = all.Fields("schedule", "the schedule", "kind", "warm_up", "decay", "least");
        var shape = f.OneOf("kind", RateShape.Cosine, ("cosine", RateShape.Cosine), ("wsd", RateShape.Wsd), ("constant", RateShape.Constant), ("linear", RateShape.Linear));
        var kind = shape.ToString().ToLowerInvariant();
        f.RefuseIf(shape != RateShape.Wsd, "decay", $"does nothing under {kind}; leave it out, or give kind: wsd");
        f.RefuseIf(shape == RateShape.Constant, "least", $"does nothing under {kind}; leave it out, or give another kind");
        return new SchedulePlan
        {
            Shape = shape,
            WarmUp = f.Whole("warm_up", 0, int.MaxValue, 0), Decay = f.Number("decay", 0, 1, 0.2), Least = f.Number("least", 0, 1, 0),
        };
    }

    private string? Start => all.Text("start") is { } given ? PretrainSources.Beside(path, given) : null;

    private TokenizerPlan Tokenizer()
    {
        var f = all.Fields("tokenizer", "the tokenizer", "path", "kind", "vocabulary", "sample");
        // Weights of a model mean something under its own tokenizer alone.
        if (Start is { } start)
            return all.Has("tokenizer") ? throw f.Wrong("path", "a training that begins with a model takes that model's tokenizer; leave tokenizer out") : new TokenizerPlan { Path = start };
        if (f.Has("path") && (f.Has("kind") || f.Has("vocabulary") || f.Has("sample")))
            throw f.Wrong("path", "a tokenizer is either given by its path or learned (kind, vocabulary, sample); leave one out");
        return new TokenizerPlan
        {
            Path = f.Text("path") is { } given ? PretrainSources.Beside(path, given) : null, Unigram = f.OneOf("kind", false, ("bpe", false), ("unigram", true)),
            Vocabulary = f.Whole("vocabulary", 258, 1 << 20, 4096), SampleCharacters = f.Whole("sample", 1000, 1 << 30, 10_000_000),
        };
    }

    private void RequireBFloat16()
    {
        if (all.Flag("bfloat16") && !MachineTier.HasBrainProducts)
            throw all.Wrong("bfloat16", "this processor or system has no bfloat16 products (AVX512_BF16, and machine code made at run time); give bfloat16: false, which trains in float32: the weights then differ, and a training that was begun with it cannot go on so");
    }

    private void CheckPlan(PretrainingPlan plan, string folder)
    {
        try
        {
            plan.Check(folder);
        }
        catch (AttuneException e)
        {
            // The message begins with the key; one that stands under another has the file's begin.
            throw new AttuneException($"{all.LineOf(e.Message.Split(' ', ':')[0])}: {e.Message}", e.Kind, e);
        }
    }
}
