using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>GPT-NeoX and Pythia (Black et al. 2022): fused maps head by head, a part of each head turns, attention and feed-forward beside one another.</summary>
internal sealed class GptNeoX : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gpt_neox"];

    /// <summary>Causal masks and frequencies of old files.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith(".attention.bias", StringComparison.Ordinal)
        || tensor.EndsWith(".attention.masked_bias", StringComparison.Ordinal) || tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "gptneox", Layers = "gpt_neox.layers.", IsPlain = false,
        Parts = [("gpt_neox.embed_in", "token_embd"), ("gpt_neox.final_layer_norm", "output_norm"), ("embed_out", "output")],
        LayerParts =
        [
            .. GgufParts.Norms, ("attention.query_key_value", "attn_qkv"), ("attention.dense", "attn_output"), ("mlp.dense_h_to_4h", "ffn_up"), ("mlp.dense_4h_to_h", "ffn_down"),
        ],
        Rows = (n, c) => n.Contains("query_key_value", StringComparison.Ordinal)
            ? GgufParts.Ungrouped(c.Integer("num_attention_heads"), c.Integer("num_attention_heads"), c.Integer("head_dim")) : null,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "gptneox", "gpt_neox", "layer_norm_eps", has, "embed_out.weight");
            json["use_parallel_residual"] = m.FindFlag("gptneox.use_parallel_residual") ?? true;
            json["attention_bias"] = has("gpt_neox.layers.0.attention.dense.bias");
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, c.OptionalNumber("rotary_emb_base") ?? 10000, c.OptionalNumber("rotary_pct") ?? 0.25);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias", true);
        return new DecoderPlan
        {
            Name = "gpt_neox", Sizes = sizes, Root = "gpt_neox.", Tokens = "embed_in", FinalNorm = "final_layer_norm", Head = "embed_out",
            Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_eps") ?? 1e-5), Parallel = c.Flag("use_parallel_residual", true),
                Attention = ["attention.query_key_value"], Grouped = true, AttentionBias = bias, Output = "attention.dense", OutputBias = bias, Rotary = _ => rotary,
                Gate = null, Up = "mlp.dense_h_to_4h", Down = "mlp.dense_4h_to_h", FeedBias = true,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "gelu", c.Path),
            },
        }.Build(context);
    }
}
