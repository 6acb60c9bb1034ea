using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Methods.Adapters;

/// <summary>What the methods have in common that train LoRA's factors: A [r, in] and B [out, r] beside each map.</summary>
public abstract class LoraMethod<TOptions> : AdapterMethod<TOptions>
    where TOptions : LoraOptions, new()
{
    public sealed override string PeftType => "LORA";

    protected override void Begin(AdapterStart start, TOptions options)
    {
        RequirePositive("rank", options.Rank);
        var c = start.Configuration;
        c["r"] = options.Rank;
        c["lora_alpha"] = options.Alpha == Math.Floor(options.Alpha) ? (JsonNode)(long)options.Alpha : options.Alpha;
        c["lora_dropout"] = options.Dropout;
        c["use_rslora"] = options.RankStabilised;
        c["bias"] = "none";
        c["fan_in_fan_out"] = false;
        c["init_lora_weights"] = true;
        c["use_dora"] = false;
        c["modules_to_save"] = null;
        Configure(c, options);
        var random = start.Context.Random("lora");
        foreach (var module in start.Linears)
            Begin(start, options, module, random);
    }

    /// <summary>What a variant sets in the configuration.</summary>
    protected virtual void Configure(JsonObject configuration, TOptions options)
    {
    }

    /// <summary>The first factors of one map: A uniform in ±1/√in, B zero.</summary>
    protected virtual void Begin(AdapterStart start, TOptions options, LinearModule module, SeededRandom random)
    {
        start.Uniform(AdapterStart.NameOf(module, "lora_A.weight"), 1 / Math.Sqrt(module.Inputs), random, options.Rank, module.Inputs);
        start.Fill(AdapterStart.NameOf(module, "lora_B.weight"), 0, module.Outputs, options.Rank);
    }

    /// <summary>What the product of the factors is multiplied by.</summary>
    protected static double Scale(TOptions options) => options.Alpha / (options.RankStabilised ? Math.Sqrt(options.Rank) : options.Rank);

    protected override IDisposable? Training(PeftAdapter adapter, FitContext context, TOptions options)
    {
        if (options.Dropout is < 0 or >= 1)
            throw new AttuneException(FormattableString.Invariant($"{Card.Name}: dropout is {options.Dropout}; it must be at least 0 and below 1"));
        if (options.Dropout == 0)
            return null;
        LoraFactors[] factors = [.. adapter.Changes.OfType<LoraFactors>()];
        foreach (var f in factors)
            f.Dropout = ((float)options.Dropout, context.Random("dropout " + f.Module.Name));
        return new End(factors);
    }

    private sealed class End(LoraFactors[] factors) : IDisposable
    {
        public void Dispose()
        {
            foreach (var f in factors)
                f.Dropout = null;
        }
    }
}
