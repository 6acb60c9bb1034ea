using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Gemma 2 (Gemma Team 2024): norms before and behind each part, bounded scores, a window in every second layer.</summary>
internal sealed class Gemma2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gemma2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        c.Refuse("use_bidirectional_attention");
        var sizes = DecoderSizes.Read(c, headDim: 256);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias");
        var scale = (float)Math.Pow(c.OptionalNumber("query_pre_attn_scalar") ?? 256, -0.5);
        var cap = (float)(c.OptionalNumber("attn_logit_softcapping", 50) ?? 0);
        var window = LayerWindows.Window(c, 4096);
        var windows = LayerWindows.Read(c, sizes.Layers, window, i => i % 2 == 0);
        return new DecoderPlan
        {
            Name = "gemma2", Sizes = sizes, EmbeddingScale = MathF.Sqrt(sizes.Hidden), Tied = c.Flag("tie_word_embeddings", true),
            LogitCap = (float)(c.OptionalNumber("final_logit_softcapping", 30) ?? 0), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6, offset: 1), AttentionBias = bias, OutputBias = bias,
                AfterMixer = "post_attention_layernorm", BeforeFeed = "pre_feedforward_layernorm", AfterFeed = "post_feedforward_layernorm",
                Shape = i => sizes.Attention(window: windows[i], scale: scale, softCap: cap), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_activation") ?? "gelu_pytorch_tanh", c.Path),
            },
        }.Build(context);
    }
}
