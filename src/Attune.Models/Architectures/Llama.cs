using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>
/// Llama (Touvron et al. 2023): pre-norm blocks of grouped-query attention with rotary positions and a SwiGLU feed-forward layer.
/// SmolLM2, TinyLlama and others share it.
/// </summary>
internal sealed class Llama : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["llama"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "llama",
        Parts = GgufParts.Outer,
        LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms],
        Configuration = FromGguf,
        IsInterleaved = GgufParts.IsQueryOrKey,
    };

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias");
        return new DecoderPlan
        {
            Name = "llama", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6), AttentionBias = bias, OutputBias = bias, FeedBias = c.Flag("mlp_bias"), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }

    private static JsonObject FromGguf(GgufMetadata m, Func<string, bool> has)
    {
        var json = GgufConfigurations.Common(m, "llama");
        json["rms_norm_eps"] = m.GetNumber("llama.attention.layer_norm_rms_epsilon");
        json["attention_bias"] = has("model.layers.0.self_attn.q_proj.bias");
        json["mlp_bias"] = has("model.layers.0.mlp.up_proj.bias");
        json["tie_word_embeddings"] = !has("lm_head.weight");
        return json;
    }
}
