using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// Falcon (Almazrouei et al. 2023) in its three shapes: 7B (one key head, parallel), 40B and Falcon 2 (groups, parallel, one or two norms), RW (sequential, ALiBi).
/// </summary>
internal sealed class Falcon : IArchitecture
{
    /// <summary>The class's default; the first files do not say it.</summary>
    private const int UsualContext = 2048;

    public IReadOnlyList<string> ModelTypes => ["falcon", "RefinedWebModel", "RefinedWeb"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    /// <summary>Only models with rotary positions are stored so.</summary>
    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "falcon", Layers = "transformer.h.", IsPlain = false,
        Parts = [("transformer.word_embeddings", "token_embd"), ("transformer.ln_f", "output_norm"), ("lm_head", "output")],
        LayerParts =
        [
            ("input_layernorm", "attn_norm"), ("ln_mlp", "attn_norm"), ("ln_attn", "attn_norm_2"), ("self_attention.query_key_value", "attn_qkv"),
            ("self_attention.dense", "attn_output"), ("mlp.dense_h_to_4h", "ffn_up"), ("mlp.dense_4h_to_h", "ffn_down"),
        ],
        Rows = (n, c) => n.Contains("query_key_value", StringComparison.Ordinal)
            ? GgufParts.Ungrouped(c.Integer("num_attention_heads"), c.Integer("num_kv_heads"), c.Integer("head_dim")) : null,
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "falcon", "falcon", "layer_norm_epsilon", has);
            json["num_kv_heads"] = json["num_key_value_heads"]!.DeepClone();
            json["ffn_hidden_size"] = json["intermediate_size"]!.DeepClone();
            var twoNorms = has("transformer.h.0.ln_attn.weight");
            json["new_decoder_architecture"] = twoNorms || json["num_kv_heads"]!.GetValue<long>() > 1;
            json["num_ln_in_parallel_attn"] = twoNorms ? 2 : 1;
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        c.Refuse("apply_residual_connection_post_layernorm");
        var (hidden, heads) = (c.Positive("hidden_size"), c.Positive("num_attention_heads", "n_head"));
        var (grouped, single) = (c.Flag("new_decoder_architecture"), c.Flag("multi_query", true));
        var kvHeads = grouped ? c.OptionalInteger("num_kv_heads") ?? c.OptionalInteger("n_head_kv") ?? heads : single ? 1 : heads;
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = kvHeads, HeadDim = hidden / heads, Intermediate = c.OptionalInteger("ffn_hidden_size") ?? 4 * hidden,
            Layers = c.Positive("num_hidden_layers", "n_layer"), Vocabulary = c.Positive("vocab_size"), Context = c.OptionalInteger("max_position_embeddings") ?? UsualContext,
        }.Checked(c);
        var (alibi, rotary, rope) = Positions(context, sizes);
        var (parallel, twoNorms, bias) = (grouped || c.Flag("parallel_attn", true), grouped && (c.OptionalInteger("num_ln_in_parallel_attn") ?? 2) == 2, c.Flag("bias"));
        return new DecoderPlan
        {
            Name = "falcon", Sizes = sizes, Root = "transformer.", Tokens = "word_embeddings", Layers = "h.", FinalNorm = "ln_f", Tied = c.Flag("tie_word_embeddings", true),
            Rope = rope, Owned = [rotary is null ? alibi! : rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5), Parallel = parallel,
                BeforeMixer = twoNorms ? "ln_attn" : "input_layernorm", BeforeFeed = twoNorms ? "ln_mlp" : parallel ? null : "post_attention_layernorm",
                // With one head of keys a group is all heads, so both layouts are this one.
                Attention = ["self_attention.query_key_value"], Grouped = true, AttentionBias = bias, Output = "self_attention.dense", OutputBias = bias,
                Rotary = _ => rotary, Alibi = alibi, Gate = null, Up = "mlp.dense_h_to_4h", Down = "mlp.dense_4h_to_h", FeedBias = bias,
                Activation = ActivationKinds.Parse(c.OptionalText("activation") ?? "gelu", c.Path),
            },
        }.Build(context);
    }

    /// <summary>Falcon rounds its linear biases to bfloat16 and divides them by √headDim together with the scores.</summary>
    private static (AlibiBias?, Rotary?, RopeSettings?) Positions(ArchitectureContext context, DecoderSizes sizes)
    {
        var scale = (context.Options.FalconBiasTwice ? 2 : 1) / MathF.Sqrt(sizes.HeadDim);
        if (context.Configuration.Flag("alibi"))
            return (new AlibiBias(AttentionAlibi.Slopes(sizes.Heads)) { RoundedScale = scale }, null, null);
        var rope = RopeConfigurations.Read(context.Configuration, sizes.HeadDim, sizes.Context);
        return (null, new Rotary(rope, context.Options), rope);
    }
}
