using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>Qwen3 with a mixture of experts in some layers (Yang et al. 2025).</summary>
internal sealed class Qwen3Moe : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["qwen3_moe"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "qwen3moe", Parts = GgufParts.Outer, IsPlain = false,
        LayerParts =
        [
            .. GgufParts.Maps, .. GgufParts.Norms, .. GgufParts.HeadNorms, ("mlp.gate", "ffn_gate_inp"),
            ("mlp.experts.*.gate_proj", "ffn_gate_exps"), ("mlp.experts.*.up_proj", "ffn_up_exps"), ("mlp.experts.*.down_proj", "ffn_down_exps"),
        ],
        Configuration = FromGguf,
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var window = c.Flag("use_sliding_window") ? LayerWindows.Window(c, 4096) ?? 0 : 0;
        var (bias, epsilon) = (c.Flag("attention_bias"), c.OptionalNumber("rms_norm_eps") ?? 1e-6);
        var activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path);
        var mixture = new ExpertPlan
        {
            Experts = c.Integer("num_experts", "num_local_experts"), Chosen = c.OptionalInteger("num_experts_per_tok") ?? 8, Width = c.Positive("moe_intermediate_size"),
            Normalised = c.Flag("norm_topk_prob"), Router = "mlp.gate", Expert = "mlp.experts.", Gate = "gate_proj", Up = "up_proj", Down = "down_proj", Activation = activation,
        };
        var (every, dense) = (c.OptionalInteger("decoder_sparse_step") ?? 1, c.Numbers("mlp_only_layers") ?? []);
        if (every < 1)
            throw new ModelFileException($"'{c.Path}' has a 'decoder_sparse_step' below 1; it says that every so many layers are mixtures");
        return new DecoderPlan
        {
            Name = "qwen3_moe", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(epsilon), AttentionBias = bias, OutputBias = bias,
                QueryNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.q_norm", sizes.HeadDim, epsilon), sizes.HeadDim),
                KeyNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.k_norm", sizes.HeadDim, epsilon), sizes.HeadDim),
                Shape = _ => sizes.Attention(window: window), Rotary = _ => rotary, Activation = activation,
                Feed = (i, p) => mixture.Experts > 0 && !dense.Contains(i) && (i + 1) % every == 0 ? mixture.Create(m, i, p, sizes.Hidden, c.Path) : null,
            },
        }.Build(context);
    }

    private static JsonObject FromGguf(GgufMetadata m, Func<string, bool> has)
    {
        var json = GgufConfigurations.Of(m, "qwen3moe", "qwen3_moe", "rms_norm_eps", has);
        json["num_experts"] = m.GetInteger("qwen3moe.expert_count");
        json["num_experts_per_tok"] = m.GetInteger("qwen3moe.expert_used_count");
        json["moe_intermediate_size"] = m.GetInteger("qwen3moe.expert_feed_forward_length");
        // Llama.cpp always divides by the sum.
        json["norm_topk_prob"] = true;
        json["mlp_only_layers"] = new JsonArray([.. Enumerable.Range(0, (int)json["num_hidden_layers"]!.AsValue().GetValue<long>())
            .Where(i => !has(FormattableString.Invariant($"model.layers.{i}.mlp.gate.weight"))).Select(i => (JsonNode)i)]);
        return json;
    }
}
