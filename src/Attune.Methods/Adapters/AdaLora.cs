using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Methods.Adapters;

/// <summary>Options of <see cref="AdaLora"/>.</summary>
public sealed record AdaLoraOptions : AdapterOptions
{
    [Option("rank of every map at the beginning")]
    public int InitialRank { get; init; } = 12;

    [Option("mean rank at the end")]
    public int TargetRank { get; init; } = 8;

    [Option("α: the delta is α/r · B·diag(E)·A, r the initial rank")]
    public double Alpha { get; init; } = 32;

    [Option("weight of the penalty that keeps factors orthogonal")]
    public double Orthogonality { get; init; } = 0.5;
}

/// <summary>
/// AdaLoRA (Zhang et al. 2023): W + (α/r)·B·diag(E)·A with factors kept near orthogonal by a penalty (equation 4), and a budget of ranks that falls while training, shared out by
/// importance (equations 7 to 10). In the file the maps have the ranks that were left; the scale keeps the initial one.
/// </summary>
public sealed class AdaLora : AdapterMethod<AdaLoraOptions>, IAdapterKind
{
    public override MethodCard Card { get; } = new()
    {
        Name = "adalora",
        Summary = "Trains low-rank deltas as singular triplets, of which the least important are given up map by map.",
        Paper = "Zhang et al., Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning, ICLR 2023",
        Site = SiteKind.Weights,
        View = ModelView.Transformer,
        LeastRows = 2,
        Cost = "a forward and backward pass a row and epoch to fit; a short prompt per query",
    };

    public override string PeftType => "ADALORA";

    public PeftAdapter Read(AdapterReader reader)
    {
        var (rank, alpha, weight) = (reader.Positive("init_r"), reader.Number("lora_alpha"), reader.Number("orth_reg_weight", 0.5));
        foreach (var key in new[] { "use_dora", "use_rslora", "lora_bias", "use_qalora", "ensure_weight_tying" })
            reader.Require(key, "false");
        foreach (var key in new[] { "alora_invocation_tokens", "arrow_config", "corda_config", "eva_config", "kasa_config", "layer_replication", "lora_ga_config", "megatron_config", "monteclora_config", "target_parameters", "trainable_token_indices", "use_bdlora", "velora_config" })
            reader.Require(key);
        reader.Require("alpha_pattern", "{}");
        reader.Ignore("r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2", "total_step", "lora_dropout", "fan_in_fan_out", "init_lora_weights", "loftq_config", "megatron_core", "qalora_group_size", "runtime_config");
        var kept = reader.Node("rank_pattern") as JsonObject;
        var targets = reader.LinearTargets();
        var triplets = new List<AdaLoraTriplets>();
        foreach (var target in targets)
        {
            var map = target.Linear!;
            var own = kept?[target.Name + ".lora_E"] is JsonArray mask ? mask.Count(m => m is JsonValue v && v.TryGetValue<bool>(out var on) && on) : rank;
            var t = new AdaLoraTriplets(map, reader.Trained(target, "lora_A", own, map.Inputs), reader.Trained(target, "lora_E", own, 1), reader.Trained(target, "lora_B", map.Outputs, own), (float)(alpha / (rank + 1e-5)));
            reader.Add(map, t);
            triplets.Add(t);
        }
        SavedModules.TakeBiases(reader, "lora_only", targets);
        return new AdaLoraAdapter(reader, triplets, (float)weight);
    }

    protected override void Begin(AdapterStart start, AdaLoraOptions options)
    {
        RequirePositive("initial-rank", options.InitialRank);
        if (options.TargetRank < 1 || options.TargetRank > options.InitialRank)
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: target-rank is {options.TargetRank}; it must be from 1 to initial-rank, {options.InitialRank}"));
        var c = start.Configuration;
        (c["init_r"], c["target_r"], c["r"], c["lora_alpha"], c["orth_reg_weight"]) = (options.InitialRank, options.TargetRank, options.TargetRank, options.Alpha, options.Orthogonality);
        var random = start.Context.Random("adalora");
        foreach (var map in start.Linears)
        {
            start.Normal(AdapterStart.NameOf(map, "lora_A"), 0.02, random, options.InitialRank, map.Inputs);
            start.Normal(AdapterStart.NameOf(map, "lora_B"), 0.02, random, map.Outputs, options.InitialRank);
            start.Fill(AdapterStart.NameOf(map, "lora_E"), 0, options.InitialRank, 1);
        }
    }

    protected override IDisposable? Training(PeftAdapter adapter, FitContext context, AdaLoraOptions options)
    {
        var rows = context.Examples.Count - (int)(options.HoldOut * context.Examples.Count);
        var steps = Math.Min((rows + options.BatchSize - 1) / options.BatchSize * options.Epochs, options.MaxSteps ?? int.MaxValue);
        ((AdaLoraAdapter)adapter).Allocation = new AdaLoraAllocation(((AdaLoraAdapter)adapter).Triplets, options.TargetRank, steps);
        return null;
    }
}
