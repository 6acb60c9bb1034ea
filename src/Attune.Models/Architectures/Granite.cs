using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Granite 3 (IBM 2024): Llama with multipliers on embeddings, attention scores, residuals and logits.</summary>
internal sealed class Granite : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["granite"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "granite", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms], IsInterleaved = GgufParts.IsQueryOrKey, IsPlain = false,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "granite", "granite", "rms_norm_eps", has);
            foreach (var (name, key) in new[] { ("attention_multiplier", "attention.scale"), ("embedding_multiplier", "embedding_scale"), ("residual_multiplier", "residual_scale"), ("logits_scaling", "logit_scale") })
                GgufConfigurations.Put(json, name, m.FindNumber("granite." + key));
            json["attention_bias"] = has("model.layers.0.self_attn.q_proj.bias");
            json["mlp_bias"] = has("model.layers.0.mlp.up_proj.bias");
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
        float Factor(string key) => (float)(c.OptionalNumber(key) ?? 1);
        return new DecoderPlan
        {
            Name = "granite", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), EmbeddingScale = Factor("embedding_multiplier"), LogitScale = 1 / Factor("logits_scaling"),
            Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6), AttentionBias = bias, OutputBias = bias, FeedBias = c.Flag("mlp_bias"),
                Shape = _ => sizes.Attention(scale: Factor("attention_multiplier")), Rotary = _ => rotary, ResidualScale = Factor("residual_multiplier"),
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
