using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>GPT-2 (Radford et al. 2019): learned positions, pre-norm blocks with biases, maps stored as [inputs, outputs].</summary>
internal sealed class Gpt2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gpt2"];

    /// <summary>Causal masks of old files.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith(".attn.bias", StringComparison.Ordinal) || tensor.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "gpt2", Layers = "transformer.h.", Turned = true, IsPlain = false,
        Parts = [("transformer.wte", "token_embd"), ("transformer.wpe", "position_embd"), ("transformer.ln_f", "output_norm"), ("lm_head", "output")],
        LayerParts =
        [
            ("ln_1", "attn_norm"), ("attn.c_attn", "attn_qkv"), ("attn.c_proj", "attn_output"), ("ln_2", "ffn_norm"), ("mlp.c_fc", "ffn_up"), ("mlp.c_proj", "ffn_down"),
        ],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "gpt2", "gpt2", "layer_norm_epsilon", has);
            json["n_inner"] = json["intermediate_size"]!.DeepClone();
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        c.Refuse("add_cross_attention");
        var (hidden, heads) = (c.Positive("n_embd", "hidden_size"), c.Positive("n_head", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = c.OptionalInteger("n_inner") ?? 4 * hidden,
            Layers = c.Positive("n_layer", "num_hidden_layers"), Vocabulary = c.Positive("vocab_size"), Context = c.Positive("n_positions", "max_position_embeddings", "n_ctx"),
        }.Checked(c);
        var root = context.Prefix("wte.weight", "", "transformer.");
        var scale = c.Flag("scale_attn_weights", true) ? 1 / MathF.Sqrt(sizes.HeadDim) : 1;
        var byLayer = c.Flag("scale_attn_by_inverse_layer_idx");
        return new DecoderPlan
        {
            Name = "gpt2", Sizes = sizes, Root = root, Tokens = "wte", Layers = "h.", FinalNorm = "ln_f", Tied = c.Flag("tie_word_embeddings", true),
            Embedding = t => new TokenEmbedding(t) { Positions = m.Table(root + "wpe.weight", sizes.Context, hidden) },
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5), BeforeMixer = "ln_1", BeforeFeed = "ln_2",
                Attention = ["attn.c_attn"], AttentionBias = true, Output = "attn.c_proj", OutputBias = true, Transposed = true,
                Shape = i => sizes.Attention(scale: byLayer ? scale / (i + 1) : scale),
                Gate = null, Up = "mlp.c_fc", Down = "mlp.c_proj", FeedBias = true,
                Activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "gelu_new", c.Path),
            },
        }.Build(context);
    }
}
