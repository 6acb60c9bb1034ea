using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>OLMo (Groeneveld et al. 2024): Llama with norms that have no parameters, and queries, keys and values clipped where asked for.</summary>
internal sealed class Olmo : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["olmo"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "olmo", Parts = GgufParts.Outer, LayerParts = GgufParts.Maps, IsInterleaved = GgufParts.IsQueryOrKey, IsPlain = false,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "olmo", "olmo", "layer_norm_eps", has);
            GgufConfigurations.Put(json, "clip_qkv", m.FindNumber("olmo.attention.clamp_kqv"));
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias");
        return new DecoderPlan
        {
            Name = "olmo", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Bare(1e-5), AttentionBias = bias, OutputBias = bias, Clip = (float)(c.OptionalNumber("clip_qkv") ?? 0), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
