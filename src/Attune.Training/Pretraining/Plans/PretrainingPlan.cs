using System.Text.Json.Nodes;
using Attune.Models.Files;
using Attune.Tensors;

namespace Attune.Training.Pretraining;

/// <summary>All that decides what a training from nothing gives.</summary>
public sealed record PretrainingPlan
{
    public required string Name { get; init; }

    /// <summary>The keys of config.json, vocabulary and context included.</summary>
    public required JsonObject Configuration { get; init; }

    public int Seed { get; init; }

    /// <summary>Folder of a model of the same configuration whose weights training begins with; null: it begins from nothing.</summary>
    public string? Start { get; init; }

    /// <summary>Longest sequence, in tokens.</summary>
    public required int Context { get; init; }

    /// <summary>Tokens of a step, exactly.</summary>
    public required int TokensPerStep { get; init; }

    /// <summary>Parts that a step is computed in, one after another (gradient accumulation): memory for one of them is needed.</summary>
    public int Parts { get; init; } = 1;

    public required int Steps { get; init; }

    public OptimizerPlan Optimizer { get; init; } = new();

    public SchedulePlan Schedule { get; init; } = new();

    /// <summary>Largest norm of all gradients together; null: no clipping.</summary>
    public double? Clip { get; init; } = 1;

    /// <summary>Blocks are computed again in the backward pass: the same weights with less memory.</summary>
    public bool Recompute { get; init; }

    /// <summary>Products round their factors to bfloat16; for processors that have them.</summary>
    public bool BFloat16 { get; init; }

    /// <summary>What of the weights' running average is kept in each step; the average is what is evaluated and written. Null: the weights themselves.</summary>
    public double? Average { get; init; }

    /// <summary>What the mean loss of the labels' tokens counts beside the mean loss of all tokens.</summary>
    public double LabelWeight { get; init; }

    public EvaluationPlan Evaluation { get; init; } = new();

    public CheckpointPlan Checkpoint { get; init; } = new();

    /// <summary>Numbers that the written weights are stored in.</summary>
    public TensorType Precision { get; init; } = TensorType.F32;

    public int TokensOfPart => TokensPerStep / Parts;

    public long Tokens => (long)TokensPerStep * Steps;

    /// <param name="run">The folder that the training will write to, where what it starts with must not lie; null: not looked at.</param>
    /// <exception cref="AttuneException">Numbers contradict each other, or what it starts with cannot be used; the message begins with the key.</exception>
    public void Check(string? run = null)
    {
        Require(Context >= 2, $"context is {Context}; a sequence has 2 tokens at least");
        Require(Parts >= 1 && TokensPerStep >= 1 && TokensPerStep % Parts == 0, $"tokens_per_step is {TokensPerStep}, which {Parts} parts do not divide; possible parts are {Divisors(TokensPerStep)}");
        Require(TokensOfPart >= Context, $"context is {Context} tokens, and a part of a step has {TokensOfPart} (tokens_per_step / parts = {TokensPerStep} / {Parts}), so that no text would be read beyond these; {RoomForContext()}");
        Require(Steps >= 1, $"steps is {Steps}; a training has 1 at least");
        Require(Schedule.WarmUp <= Steps, $"warm_up is {Schedule.WarmUp} steps of {Steps} in all; give fewer");
        Require(Schedule.Shape != RateShape.Wsd || Schedule.WarmUp + Math.Round(Schedule.Decay * Steps) <= Steps, $"warm_up ({Schedule.WarmUp} steps) and decay ({Schedule.Decay} of the steps) are more than the {Steps} steps; shorten one");
        Require(Checkpoint.Every >= 1, $"checkpoint every {Checkpoint.Every} steps; give 1 or more");
        Require(Checkpoint.Keep >= 1, $"checkpoints kept are {Checkpoint.Keep}; give 1 or more");
        if (Start is not null && run is not null)
            StartWeights.Require(Start, run);
    }

    /// <summary>What the weights depend on, apart from the sources: a training goes on only where this and those are as they were.</summary>
    internal JsonObject Identity(IReadOnlyList<MixturePart> sources, string tokenizerHash)
    {
        var json = new JsonObject
        {
            ["model"] = Configuration.DeepClone(), ["seed"] = Seed, ["context"] = Context, ["tokens_per_step"] = TokensPerStep, ["parts"] = Parts, ["steps"] = Steps,
            ["optimizer"] = Optimizer.ToJson(), ["schedule"] = Schedule.ToJson(), ["clip"] = Clip, ["bfloat16"] = BFloat16, ["average"] = Average, ["label_weight"] = LabelWeight,
            ["tokenizer"] = tokenizerHash,
        };
        if (Start is not null)
            json["start"] = StartWeights.Hash(Start);
        var list = new JsonObject();
        foreach (var part in sources)
            list[part.Source.Name] = new JsonObject { ["content"] = part.Source.Identity, ["weight"] = part.Weight, ["from"] = part.From, ["until"] = part.Until };
        json["sources"] = list;
        return json;
    }

    private static void Require(bool holds, FormattableString message)
    {
        if (!holds)
            throw new AttuneException(FormattableString.Invariant(message));
    }

    /// <summary>What gives a part the room of a sequence.</summary>
    private string RoomForContext()
    {
        var parts = Enumerable.Range(1, Math.Min(Parts, 64)).Where(p => TokensPerStep % p == 0 && TokensPerStep / p >= Context).ToList();
        return parts.Count > 0 ? $"possible parts are {string.Join(", ", parts)}, or lower context"
            : FormattableString.Invariant($"raise tokens_per_step to {(long)Context * Parts} or more, or lower context");
    }

    private static string Divisors(int n) => string.Join(", ", Enumerable.Range(1, Math.Max(1, Math.Min(n, 64))).Where(d => n % d == 0));
}
