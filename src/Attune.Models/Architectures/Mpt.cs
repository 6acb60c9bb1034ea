using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>MPT (MosaicML 2023) as transformers has it: ALiBi, fused maps, no biases, a feed-forward layer four times as wide.</summary>
internal sealed class Mpt : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["mpt"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "mpt", Layers = "transformer.blocks.", IsPlain = false,
        Parts = [("transformer.wte", "token_embd"), ("transformer.norm_f", "output_norm"), ("lm_head", "output")],
        LayerParts =
        [
            ("norm_1", "attn_norm"), ("attn.Wqkv", "attn_qkv"), ("attn.out_proj", "attn_output"), ("norm_2", "ffn_norm"), ("ffn.up_proj", "ffn_up"), ("ffn.down_proj", "ffn_down"),
        ],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "mpt", "mpt", "layer_norm_epsilon", has);
            json["max_seq_len"] = json["max_position_embeddings"]!.DeepClone();
            var attention = new JsonObject { ["alibi"] = true, ["alibi_bias_max"] = m.GetNumber("mpt.attention.max_alibi_bias") };
            GgufConfigurations.Put(attention, "clip_qkv", m.FindNumber("mpt.attention.clamp_kqv"));
            json["attn_config"] = attention;
            return json;
        },
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var attention = c.Object("attn_config") ?? new ConfigurationJson(new JsonObject(), c.Path);
        attention.Refuse("qk_ln", "prefix_lm", "attn_uses_sequence_id");
        c.Refuse("logit_scale");
        if (!attention.Flag("alibi", true) || !c.Flag("no_bias", true) || attention.OptionalText("attn_type") is not (null or "multihead_attention"))
            throw new ModelFileException($"'{c.Path}' has no 'alibi', or not 'no_bias', or an 'attn_type' other than multihead_attention; only multi-head attention with ALiBi and without biases is known");
        var (hidden, heads) = (c.Positive("d_model", "hidden_size"), c.Positive("n_heads", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = 4 * hidden, Layers = c.Positive("n_layers", "num_hidden_layers"),
            Vocabulary = c.Positive("vocab_size"), Context = c.Positive("max_seq_len"),
        }.Checked(c);
        var alibi = new AlibiBias(AttentionAlibi.Slopes(heads, attention.OptionalNumber("alibi_bias_max") ?? 8));
        return new DecoderPlan
        {
            Name = "mpt", Sizes = sizes, Root = "transformer.", Tokens = "wte", Layers = "blocks.", FinalNorm = "norm_f", Tied = c.Flag("tie_word_embeddings", true), Owned = [alibi],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5, bias: false), BeforeMixer = "norm_1", BeforeFeed = "norm_2",
                Attention = ["attn.Wqkv"], Output = "attn.out_proj", Clip = (float)(attention.OptionalNumber("clip_qkv") ?? 0), Alibi = alibi,
                Shape = _ => sizes.Attention(scale: (float?)attention.OptionalNumber("softmax_scale")),
                Gate = null, Up = "ffn.up_proj", Down = "ffn.down_proj", Activation = ActivationKind.Gelu,
            },
        }.Build(context);
    }
}
