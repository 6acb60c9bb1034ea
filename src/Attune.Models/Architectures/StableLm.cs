using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>StableLM (Bellagente et al. 2024): Llama with layer norms, of which a quarter of each head turns; the 12B model is parallel and norms each head.</summary>
internal sealed class StableLm : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["stablelm", "stablelm_epoch"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "stablelm", Parts = GgufParts.Outer, IsPlain = false,
        LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms, ("self_attn.q_layernorm.norms.*", "attn_q_norm"), ("self_attn.k_layernorm.norms.*", "attn_k_norm")],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "stablelm", "stablelm", "layer_norm_eps", has);
            json["use_qkv_bias"] = has("model.layers.0.self_attn.q_proj.bias");
            json["use_parallel_residual"] = !has("model.layers.0.post_attention_layernorm.weight");
            json["qk_layernorm"] = has("model.layers.0.self_attn.q_layernorm.norms.0.weight");
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, partial: c.OptionalNumber("rope_pct") ?? 0.25);
        var rotary = new Rotary(rope, context.Options);
        var epsilon = c.OptionalNumber("layer_norm_eps") ?? c.OptionalNumber("norm_eps") ?? 1e-5;
        var parallel = c.Flag("use_parallel_residual");
        Func<string, int, IHeadNorm>? Norm(string name) => !c.Flag("qk_layernorm") ? null : (p, heads) => new WeightedHeadNorm(
            [.. Enumerable.Range(0, heads).Select(h => m.Vector(FormattableString.Invariant($"{p}{name}.norms.{h}.weight"), sizes.HeadDim))], sizes.HeadDim, (float)epsilon);
        return new DecoderPlan
        {
            Name = "stablelm", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(epsilon), Parallel = parallel, BeforeFeed = parallel ? null : "post_attention_layernorm", AttentionBias = c.Flag("use_qkv_bias"),
                QueryNorm = Norm("self_attn.q_layernorm"), KeyNorm = Norm("self_attn.k_layernorm"), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
