using System.Text.Json;
using Attune.Models.Files;

namespace Attune.Tests.Models.Architectures;

/// <summary>
/// A folder's tensors and configuration as llama.cpp's converter puts them into a GGUF file (convert_hf_to_gguf.py and gguf-py, 2025-02), written down for the
/// tests anew: names by one table for all architectures, as tensor_mapping.py has it.
/// </summary>
internal sealed class GgufConversion(string architecture, JsonElement configuration, SafetensorsFolder source)
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["model.embed_tokens"] = "token_embd", ["transformer.wte"] = "token_embd", ["gpt_neox.embed_in"] = "token_embd", ["transformer.word_embeddings"] = "token_embd",
        ["transformer.word_embeddings_layernorm"] = "token_embd_norm", ["transformer.wpe"] = "position_embd", ["lm_head"] = "output", ["embed_out"] = "output",
        ["model.norm"] = "output_norm", ["transformer.ln_f"] = "output_norm", ["gpt_neox.final_layer_norm"] = "output_norm", ["transformer.norm_f"] = "output_norm",
        ["model.final_layernorm"] = "output_norm",
    };

    private static readonly Dictionary<string, string> LayerNames = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm", ["ln_1"] = "attn_norm", ["norm_1"] = "attn_norm", ["ln_mlp"] = "attn_norm", ["ln_attn"] = "attn_norm_2",
        ["self_attn.q_proj"] = "attn_q", ["self_attn.k_proj"] = "attn_k", ["self_attn.v_proj"] = "attn_v", ["self_attn.o_proj"] = "attn_output", ["self_attn.dense"] = "attn_output",
        ["self_attn.qkv_proj"] = "attn_qkv", ["attn.c_attn"] = "attn_qkv", ["attn.Wqkv"] = "attn_qkv", ["attention.query_key_value"] = "attn_qkv",
        ["self_attention.query_key_value"] = "attn_qkv", ["attn.c_proj"] = "attn_output", ["attn.out_proj"] = "attn_output", ["attention.dense"] = "attn_output",
        ["self_attention.dense"] = "attn_output", ["self_attn.q_norm"] = "attn_q_norm", ["self_attn.k_norm"] = "attn_k_norm", ["post_attention_layernorm"] = "ffn_norm",
        ["ln_2"] = "ffn_norm", ["norm_2"] = "ffn_norm", ["pre_feedforward_layernorm"] = "ffn_norm", ["post_feedforward_layernorm"] = "post_ffw_norm",
        ["mlp.gate_proj"] = "ffn_gate", ["mlp.up_proj"] = "ffn_up", ["mlp.down_proj"] = "ffn_down", ["mlp.gate_up_proj"] = "ffn_up", ["mlp.c_fc"] = "ffn_up", ["mlp.c_proj"] = "ffn_down",
        ["mlp.fc1"] = "ffn_up", ["mlp.fc2"] = "ffn_down", ["mlp.dense_h_to_4h"] = "ffn_up", ["mlp.dense_4h_to_h"] = "ffn_down", ["ffn.up_proj"] = "ffn_up", ["ffn.down_proj"] = "ffn_down",
        ["block_sparse_moe.gate"] = "ffn_gate_inp", ["mlp.gate"] = "ffn_gate_inp",
    };

    private static readonly Dictionary<string, string> Stacked = new(StringComparer.Ordinal)
    {
        ["w1"] = "ffn_gate_exps", ["w3"] = "ffn_up_exps", ["w2"] = "ffn_down_exps", ["gate_proj"] = "ffn_gate_exps", ["up_proj"] = "ffn_up_exps", ["down_proj"] = "ffn_down_exps",
        ["q_layernorm"] = "attn_q_norm", ["k_layernorm"] = "attn_k_norm",
    };

    private int Heads => Integer("num_attention_heads") ?? Integer("n_head") ?? Integer("n_heads") ?? 0;
    private int Hidden => Integer("hidden_size") ?? Integer("n_embd") ?? Integer("d_model") ?? 0;
    private int HeadDim => Integer("head_dim") ?? Hidden / Heads;

    /// <summary>Heads of keys; a Falcon of one head of keys says multi_query.</summary>
    private int KvHeads => architecture == "falcon" ? Flag("new_decoder_architecture") ? Integer("num_kv_heads")!.Value : 1 : Integer("num_key_value_heads") ?? Heads;

    public List<TensorToWrite> Tensors()
    {
        var list = new List<TensorToWrite>();
        var stacks = new SortedDictionary<string, List<(int Number, StoredTensor Tensor)>>(StringComparer.Ordinal);
        foreach (var tensor in source.Tensors.Values)
        {
            var (stem, kind) = (tensor.Info.Name[..tensor.Info.Name.LastIndexOf('.')], tensor.Info.Name[tensor.Info.Name.LastIndexOf('.')..]);
            var parts = stem.Split('.');
            var layer = Array.FindIndex(parts, p => int.TryParse(p, out _));
            var number = Array.FindIndex(parts, layer + 1, p => int.TryParse(p, out _));
            if (layer < 0)
                list.Add(Write(Names[stem] + kind, tensor));
            else if (number > 0)
            {
                var name = $"blk.{parts[layer]}.{Stacked[number + 1 < parts.Length ? parts[number + 1] : parts[number - 2]]}{kind}";
                if (!stacks.TryGetValue(name, out var stack))
                    stacks[name] = stack = [];
                stack.Add((int.Parse(parts[number], System.Globalization.CultureInfo.InvariantCulture), tensor));
            }
            else
            {
                var part = string.Join('.', parts[(layer + 1)..]);
                var name = part == "post_attention_layernorm" && architecture is "gemma2" or "gemma3" or "olmo2" ? "post_attention_norm" : LayerNames[part];
                list.Add(Write($"blk.{parts[layer]}.{name}{kind}", tensor));
            }
        }
        foreach (var (name, stack) in stacks)
        {
            float[] values = [.. stack.OrderBy(s => s.Number).SelectMany(s => s.Tensor.ToFloat32())];
            list.Add(TensorToWrite.FromFloats(name, TensorType.F32, [stack.Count, .. stack[0].Tensor.Info.Shape], values));
        }
        // BLOOM's and GPT-2's files hold the tied head once more.
        if (architecture is "bloom" or "gpt2")
            list.Add(Write("output.weight", source.Tensors.Values.First(t => Names.GetValueOrDefault(t.Info.Name[..^7]) == "token_embd")));
        if (configuration.TryGetProperty("rope_parameters", out var rope) && rope.TryGetProperty("long_factor", out _))
            foreach (var kind in new[] { "long", "short" })
            {
                float[] numbers = [.. rope.GetProperty(kind + "_factor").EnumerateArray().Select(e => e.GetSingle())];
                list.Add(TensorToWrite.FromFloats($"rope_factors_{kind}.weight", TensorType.F32, [numbers.Length], numbers));
            }
        return list;
    }

    /// <summary>A tensor with what modify_tensors of its class does.</summary>
    private TensorToWrite Write(string name, StoredTensor tensor)
    {
        var values = tensor.ToFloat32();
        var shape = tensor.Info.Shape.ToArray();
        var width = shape.Length > 1 ? (int)shape[^1] : 1;
        int[] order = [.. Enumerable.Range(0, values.Length / width)];
        if (architecture is "llama" or "granite" or "olmo" && (name.Contains(".attn_q.", StringComparison.Ordinal) || name.Contains(".attn_k.", StringComparison.Ordinal)))
            order = [.. order.Chunk(HeadDim).SelectMany(h => Enumerable.Range(0, HeadDim / 2).SelectMany(i => new[] { h[i], h[i + HeadDim / 2] }))];
        if (architecture is "gptneox" or "bloom" or "falcon" && name.Contains("attn_qkv", StringComparison.Ordinal))
        {
            var group = Heads / KvHeads + 2;
            var heads = order.Chunk(HeadDim).ToArray();
            int[] Pick(Func<int, bool> part) => [.. heads.Where((_, i) => part(i % group)).SelectMany(h => h)];
            order = [.. Pick(i => i < group - 2), .. Pick(i => i == group - 2), .. Pick(i => i == group - 1)];
        }
        values = [.. order.SelectMany(r => values.AsSpan(r * width, width).ToArray())];
        if (architecture.StartsWith("gemma", StringComparison.Ordinal) && name.EndsWith("norm.weight", StringComparison.Ordinal))
            values = Array.ConvertAll(values, x => x + 1);
        if (architecture == "gpt2" && shape.Length == 2 && name.StartsWith("blk.", StringComparison.Ordinal))
        {
            values = [.. Enumerable.Range(0, width).SelectMany(c => Enumerable.Range(0, (int)shape[0]).Select(r => values[r * width + c]))];
            Array.Reverse(shape);
        }
        return TensorToWrite.FromFloats(name, TensorType.F32, shape, values);
    }

    /// <summary>What set_gguf_parameters writes, and of newer converters the keys of windows and second bases.</summary>
    public Dictionary<string, GgufValue> Metadata()
    {
        var m = new Dictionary<string, GgufValue> { ["general.architecture"] = GgufValue.Of(architecture) };
        void Size(string key, int? value)
        {
            if (value is { } n)
                m[$"{architecture}.{key}"] = GgufValue.Of((uint)n);
        }

        void Real(string key, double? value)
        {
            if (value is { } n)
                m[$"{architecture}.{key}"] = GgufValue.Of((float)n);
        }

        int FeedForward() => Integer("intermediate_size") ?? Integer("n_inner") ?? Integer("ffn_hidden_size") ?? 4 * Hidden;
        Size("block_count", Integer("num_hidden_layers") ?? Integer("n_layer") ?? Integer("n_layers"));
        Size("context_length", Integer("max_position_embeddings") ?? Integer("n_positions") ?? Integer("max_seq_len") ?? Hidden);
        Size("embedding_length", Hidden);
        Size("feed_forward_length", FeedForward());
        Size("attention.head_count", Heads);
        Size("attention.head_count_kv", KvHeads);
        Size("vocab_size", Integer("vocab_size"));
        Size("attention.key_length", Integer("head_dim"));
        Size("attention.value_length", Integer("head_dim"));
        Real("attention.layer_norm_rms_epsilon", Number("rms_norm_eps"));
        Real("attention.layer_norm_epsilon", Number("layer_norm_eps") ?? Number("layer_norm_epsilon") ?? Number("norm_epsilon") ?? (architecture == "olmo" ? 1e-5 : null));
        Size("attention.sliding_window", Integer("sliding_window"));
        Size("expert_count", Integer("num_local_experts") ?? Integer("num_experts"));
        Size("expert_used_count", Integer("num_experts_per_tok"));
        Size("expert_feed_forward_length", Integer("moe_intermediate_size"));
        Real("attn_logit_softcapping", Number("attn_logit_softcapping"));
        Real("final_logit_softcapping", Number("final_logit_softcapping"));
        Real("attention.scale", Number("attention_multiplier") ?? (Number("query_pre_attn_scalar") is { } q ? Math.Pow(q, -0.5) : null));
        Real("embedding_scale", Number("embedding_multiplier"));
        Real("residual_scale", Number("residual_multiplier"));
        Real("logit_scale", Number("logits_scaling") ?? Number("logit_scale"));
        Real("attention.clamp_kqv", Number("clip_qkv"));
        if (architecture is "gptneox" or "stablelm")
            m[$"{architecture}.use_parallel_residual"] = GgufValue.Of(Flag("use_parallel_residual"));
        if (architecture == "mpt")
            Real("attention.max_alibi_bias", configuration.GetProperty("attn_config").GetProperty("alibi_bias_max").GetDouble());
        Rope(Size, Real, m);
        return m;
    }

    private void Rope(Action<string, int?> size, Action<string, double?> real, Dictionary<string, GgufValue> m)
    {
        if (!configuration.TryGetProperty("rope_parameters", out var rope))
            return;
        if (rope.TryGetProperty("sliding_attention", out var sliding))
        {
            real("rope.freq_base_swa", sliding.GetProperty("rope_theta").GetDouble());
            rope = rope.GetProperty("full_attention");
            var types = configuration.GetProperty("layer_types").EnumerateArray().Select(t => t.GetString()).ToList();
            size("attention.sliding_window_pattern", types.IndexOf("full_attention") + 1);
        }
        real("rope.freq_base", rope.GetProperty("rope_theta").GetDouble());
        if (rope.TryGetProperty("partial_rotary_factor", out var part))
            size("rope.dimension_count", (int)(1e-6 + part.GetDouble() * HeadDim));
        if (rope.GetProperty("rope_type").GetString() == "linear")
        {
            m[$"{architecture}.rope.scaling.type"] = GgufValue.Of("linear");
            real("rope.scaling.factor", rope.GetProperty("factor").GetDouble());
        }
        if (!rope.TryGetProperty("long_factor", out _))
            return;
        var original = rope.GetProperty("original_max_position_embeddings").GetInt32();
        var scale = (double)Integer("max_position_embeddings")!.Value / original;
        size("rope.scaling.original_context_length", original);
        real("rope.scaling.attn_factor", scale > 1 ? Math.Sqrt(1 + Math.Log(scale) / Math.Log(original)) : 1);
    }

    private bool Flag(string key) => configuration.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.True;

    private int? Integer(string key) => Number(key) is { } n ? (int)n : null;

    private double? Number(string key) => configuration.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : null;
}
