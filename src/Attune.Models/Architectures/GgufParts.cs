namespace Attune.Models.Architectures;

/// <summary>Names of tensors that most decoders share, Hugging Face to GGUF (tensor_mapping.py of llama.cpp's gguf-py).</summary>
internal static class GgufParts
{
    /// <summary>Tokens, last norm and head of Llama and its kin.</summary>
    public static readonly IReadOnlyList<(string, string)> Outer = [("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output")];

    /// <summary>Separate maps of attention and a gated feed-forward layer.</summary>
    public static readonly IReadOnlyList<(string, string)> Maps =
    [
        ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
        ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
    ];

    /// <summary>Norms before attention and feed-forward.</summary>
    public static readonly IReadOnlyList<(string, string)> Norms = [("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm")];

    /// <summary>Gemma 2's norms before and behind each part.</summary>
    public static readonly IReadOnlyList<(string, string)> NormsAround =
    [
        ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "post_attention_norm"),
        ("pre_feedforward_layernorm", "ffn_norm"), ("post_feedforward_layernorm", "post_ffw_norm"),
    ];

    public static readonly IReadOnlyList<(string, string)> HeadNorms = [("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm")];

    /// <summary>Whether the converter puts the rows of a head's pairs side by side: those of queries and keys, for llama and its kin.</summary>
    public static bool IsQueryOrKey(string tensor) => tensor.Contains(".q_proj.", StringComparison.Ordinal) || tensor.Contains(".k_proj.", StringComparison.Ordinal);

    /// <summary>
    /// Where the rows of a map stand that a checkpoint has group by group (the queries, the key, the value) and GGUF with all queries first, then all keys,
    /// then all values.
    /// </summary>
    public static Func<long, long> Ungrouped(int heads, int kvHeads, int headDim)
    {
        var group = heads / kvHeads;
        return row =>
        {
            var (block, within) = (row / headDim, row % headDim);
            var (g, part) = (block / (group + 2), block % (group + 2));
            var place = part < group ? g * group + part : heads + (part == group ? 0 : kvHeads) + g;
            return place * headDim + within;
        };
    }
}
