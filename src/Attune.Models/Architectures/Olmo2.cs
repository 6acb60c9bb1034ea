using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>OLMo 2 (OLMo Team 2025): norms behind attention and feed-forward instead of before, and over all heads of queries and of keys.</summary>
internal sealed class Olmo2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["olmo2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "olmo2", Parts = GgufParts.Outer,
        LayerParts = [.. GgufParts.Maps, .. GgufParts.HeadNorms, ("post_attention_layernorm", "post_attention_norm"), ("post_feedforward_layernorm", "post_ffw_norm")],
        Configuration = (m, has) => GgufConfigurations.Of(m, "olmo2", "olmo2", "rms_norm_eps", has),
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var (bias, epsilon) = (c.Flag("attention_bias"), c.OptionalNumber("rms_norm_eps") ?? 1e-5);
        return new DecoderPlan
        {
            Name = "olmo2", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(epsilon), BeforeMixer = null, AfterMixer = "post_attention_layernorm", BeforeFeed = null, AfterFeed = "post_feedforward_layernorm",
                AttentionBias = bias, OutputBias = bias, Rotary = _ => rotary,
                QueryNorm = (p, _) => new JointHeadNorm(m.RmsNorm(p + "self_attn.q_norm", sizes.QueryWidth, epsilon)),
                KeyNorm = (p, _) => new JointHeadNorm(m.RmsNorm(p + "self_attn.k_norm", sizes.KeyWidth, epsilon)),
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
