namespace Attune.Models.Loading;

/// <summary>Hugging Face names to GGUF names.</summary>
internal static class GgufNames
{
    private static readonly (string From, string To)[] LlamaParts =
    [
        ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
        ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
        ("input_layernorm", "attn_norm"), ("post_attention_layernorm", "ffn_norm"),
    ];

    public static string OfLlama(string name)
    {
        switch (name)
        {
            case "model.embed_tokens.weight": return "token_embd.weight";
            case "model.norm.weight": return "output_norm.weight";
            case "lm_head.weight": return "output.weight";
        }
        const string layers = "model.layers.";
        if (!name.StartsWith(layers, StringComparison.Ordinal))
            return name;
        var rest = "blk." + name[layers.Length..];
        foreach (var (from, to) in LlamaParts)
            rest = rest.Replace("." + from + ".", "." + to + ".", StringComparison.Ordinal);
        return rest;
    }
}
