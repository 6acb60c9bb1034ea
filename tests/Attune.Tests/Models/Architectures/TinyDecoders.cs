using System.Text.Json.Nodes;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Tensors;

namespace Attune.Tests.Models.Architectures;

/// <summary>A tiny configuration of every architecture of decoders, by a name for the test's output; variants stand behind a colon.</summary>
internal static class TinyDecoders
{
    private const string Sizes = """
        "hidden_size": 24, "intermediate_size": 20, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 257, "max_position_embeddings": 64
        """;

    private const string OldSizes = """ "n_embd": 24, "n_head": 4, "n_layer": 2, "n_positions": 64, "vocab_size": 257 """;

    private const string LongRope = """
        "original_max_position_embeddings": 12, "rope_scaling": { "type": "longrope", "short_factor": [1, 1.1, 1.3], "long_factor": [1.5, 2.5, 4] }
        """;

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["llama"] = Sizes,
        ["llama:dynamic"] = Sizes.Replace("64", "20", StringComparison.Ordinal) + """, "rope_scaling": { "type": "dynamic", "factor": 2 }""",
        ["qwen2"] = Sizes + """, "use_sliding_window": true, "sliding_window": 5, "max_window_layers": 1""",
        ["qwen3"] = Sizes + """, "head_dim": 10, "attention_bias": true""",
        ["qwen3_moe"] = Sizes + """, "moe_intermediate_size": 8, "num_experts": 4, "num_experts_per_tok": 2, "mlp_only_layers": [0]""",
        ["mixtral"] = Sizes + """, "num_local_experts": 4, "num_experts_per_tok": 2""",
        ["mistral"] = Sizes + """, "sliding_window": 6""",
        ["gemma"] = Sizes + """, "head_dim": 10""",
        ["gemma2"] = Sizes + """, "head_dim": 10, "sliding_window": 5, "query_pre_attn_scalar": 9, "attn_logit_softcapping": 3, "final_logit_softcapping": 5""",
        ["gemma3_text"] = Sizes + """, "head_dim": 10, "sliding_window": 5, "sliding_window_pattern": 2""",
        ["phi3"] = Sizes,
        ["phi3:longrope"] = Sizes + "," + LongRope,
        ["gpt2"] = OldSizes + """, "scale_attn_by_inverse_layer_idx": true""",
        ["gptj"] = OldSizes + """, "rotary_dim": 4""",
        ["gpt_neo"] = """ "hidden_size": 24, "num_heads": 4, "num_layers": 2, "vocab_size": 257, "max_position_embeddings": 64, "window_size": 4, "attention_types": [[["global", "local"], 1]] """,
        ["gpt_neox"] = Sizes.Replace("\"num_key_value_heads\": 2, ", "", StringComparison.Ordinal) + """, "rotary_pct": 0.34""",
        ["opt"] = Sizes + """, "ffn_dim": 20""",
        ["opt:narrow"] = Sizes + """, "ffn_dim": 20, "do_layer_norm_before": false, "activation_function": "gelu", "word_embed_proj_dim": 12""",
        ["bloom"] = """ "hidden_size": 24, "n_head": 3, "n_layer": 2, "vocab_size": 257, "seq_length": 64 """,
        ["bloom:normed"] = """ "hidden_size": 24, "n_head": 4, "n_layer": 2, "vocab_size": 257, "seq_length": 64, "apply_residual_connection_post_layernorm": true """,
        ["falcon"] = Sizes + """, "ffn_hidden_size": 20""",
        ["falcon:groups"] = Sizes + """, "ffn_hidden_size": 20, "new_decoder_architecture": true, "num_kv_heads": 2""",
        ["falcon:alibi"] = Sizes + """, "ffn_hidden_size": 20, "multi_query": false, "parallel_attn": false, "alibi": true, "bias": true""",
        ["phi"] = Sizes + """, "partial_rotary_factor": 0.67, "qk_layernorm": true""",
        ["olmo"] = Sizes + """, "clip_qkv": 1""",
        ["olmo2"] = Sizes,
        ["stablelm"] = Sizes + """, "partial_rotary_factor": 0.34, "use_qkv_bias": true""",
        ["stablelm:parallel"] = Sizes + """, "partial_rotary_factor": 0.34, "use_parallel_residual": true, "qk_layernorm": true""",
        ["starcoder2"] = Sizes + """, "sliding_window": 6""",
        ["cohere"] = Sizes + """, "use_qk_norm": true""",
        ["granite"] = Sizes + """, "embedding_multiplier": 3, "attention_multiplier": 0.3, "residual_multiplier": 0.5, "logits_scaling": 2""",
        ["mpt"] = """ "d_model": 24, "n_heads": 4, "n_layers": 2, "vocab_size": 257, "max_seq_len": 64, "attn_config": { "alibi": true, "clip_qkv": 2 } """,
        ["smollm3"] = Sizes + """, "no_rope_layers": [1, 0]""",
    };

    public static IEnumerable<string> Names => Texts.Keys;

    /// <summary>Every architecture of the catalogue, with its variants; one without a configuration here is no decoder, or is tested elsewhere.</summary>
    public static TheoryData<string> Catalogue()
    {
        var data = new TheoryData<string>();
        foreach (var type in ArchitectureCatalog.All.Select(a => a.ModelTypes[0]))
        {
            var names = Texts.Keys.Where(n => n == type || n.StartsWith(type + ":", StringComparison.Ordinal)).ToArray();
            foreach (var name in names.Length == 0 ? [type] : names)
                data.Add(name);
        }
        return data;
    }

    public static JsonObject Configuration(string name)
    {
        Skip.IfNot(Texts.ContainsKey(name), $"{name} has no tiny configuration among the decoders: it is no decoder with attention");
        var json = JsonNode.Parse("{" + Texts[name] + "}")!.AsObject();
        json["model_type"] = name.Split(':')[0];
        return json;
    }

    public static CausalLanguageModel Create(string name, ulong seed = 11) =>
        (CausalLanguageModel)TinyModels.Create(Configuration(name), new TinyModels.RandomWeights(seed));

    /// <summary>The same with the tests' tokenizer of bytes.</summary>
    public static LanguageModel Language(string name)
    {
        using var donor = TinyModels.Language();
        return new LanguageModel(new ModelDescription(name, "memory", "0000", "F32"), Create(name), donor.Tokenizer, null, Precision.Exact, 8 << 20);
    }
}
