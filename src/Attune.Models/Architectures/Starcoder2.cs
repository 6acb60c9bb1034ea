using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>StarCoder2 (Lozhkov et al. 2024): layer norms, biases, a feed-forward layer without gate, a window.</summary>
internal sealed class Starcoder2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["starcoder2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var (bias, window) = (c.Flag("use_bias", true), LayerWindows.Window(c) ?? 0);
        return new DecoderPlan
        {
            Name = "starcoder2", Sizes = sizes, Tied = c.Flag("tie_word_embeddings", true), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("norm_epsilon") ?? 1e-5), AttentionBias = bias, OutputBias = bias, FeedBias = bias,
                Shape = _ => sizes.Attention(window: window), Rotary = _ => rotary, Gate = null, Up = "mlp.c_fc", Down = "mlp.c_proj",
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "gelu_pytorch_tanh", c.Path),
            },
        }.Build(context);
    }
}
