using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>StarCoder2 (Lozhkov et al. 2024): layer norms, biases, a feed-forward layer without gate, a window.</summary>
internal sealed class Starcoder2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["starcoder2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "starcoder2", Parts = GgufParts.Outer, IsPlain = false, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms, ("mlp.c_fc", "ffn_up"), ("mlp.c_proj", "ffn_down")],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "starcoder2", "starcoder2", "norm_epsilon", has);
            json["use_bias"] = has("model.layers.0.self_attn.q_proj.bias");
            GgufConfigurations.Put(json, "sliding_window", m.FindInteger("starcoder2.attention.sliding_window"));
            return json;
        },
    };

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
