using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>BLOOM (Scao et al. 2022): ALiBi instead of positions, a norm behind the embeddings, maps fused head by head.</summary>
internal sealed class Bloom : IArchitecture
{
    /// <summary>What the models were trained with; the configurations of most say it as seq_length.</summary>
    private const int UsualContext = 2048;

    public IReadOnlyList<string> ModelTypes => ["bloom"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "bloom", Layers = "transformer.h.", IsPlain = false,
        Parts =
        [
            ("transformer.word_embeddings", "token_embd"), ("transformer.word_embeddings_layernorm", "token_embd_norm"), ("transformer.ln_f", "output_norm"), ("lm_head", "output"),
        ],
        LayerParts =
        [
            .. GgufParts.Norms, ("self_attention.query_key_value", "attn_qkv"), ("self_attention.dense", "attn_output"),
            ("mlp.dense_h_to_4h", "ffn_up"), ("mlp.dense_4h_to_h", "ffn_down"),
        ],
        Rows = (n, c) => n.Contains("query_key_value", StringComparison.Ordinal)
            ? GgufParts.Ungrouped(c.Integer("num_attention_heads"), c.Integer("num_attention_heads"), c.Integer("head_dim")) : null,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "bloom", "bloom", "layer_norm_epsilon", has);
            json["seq_length"] = m.GetInteger("bloom.context_length");
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, heads) = (c.Positive("hidden_size", "n_embed"), c.Positive("n_head", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = 4 * hidden, Layers = c.Positive("n_layer", "num_hidden_layers"),
            Vocabulary = c.Positive("vocab_size"), Context = c.OptionalInteger("seq_length") ?? UsualContext,
        }.Checked(c);
        var root = context.Prefix("word_embeddings.weight", "", "transformer.");
        var norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5);
        var alibi = new AlibiBias(AttentionAlibi.Slopes(heads));
        return new DecoderPlan
        {
            Name = "bloom", Sizes = sizes, Root = root, Tokens = "word_embeddings", Layers = "h.", FinalNorm = "ln_f", Tied = c.Flag("tie_word_embeddings", true), Owned = [alibi],
            Embedding = t => new TokenEmbedding(t) { Norm = norm.Create(m, root, "word_embeddings_layernorm", hidden) },
            Block = new BlockPlan
            {
                Norm = norm, NormedResidual = c.Flag("apply_residual_connection_post_layernorm"), Alibi = alibi,
                Attention = ["self_attention.query_key_value"], Grouped = true, AttentionBias = true, Output = "self_attention.dense", OutputBias = true,
                Gate = null, Up = "mlp.dense_h_to_4h", Down = "mlp.dense_4h_to_h", FeedBias = true, Activation = ActivationKind.GeluTanh,
            },
        }.Build(context);
    }
}
