using System.Text.Json;
using Attune.Models.Architectures;
using Attune.Models.Files;
using Attune.Tensors.Kernels;

namespace Attune.Models.Loading;

/// <summary>Reads a <see cref="LlamaConfiguration"/> from config.json or GGUF metadata.</summary>
internal static class LlamaConfigurations
{
    public static LlamaConfiguration FromJson(JsonElement json, string path)
    {
        var c = new ConfigurationJson(json, path);
        var heads = c.Integer("num_attention_heads");
        var hidden = c.Integer("hidden_size");
        var headDim = c.OptionalInteger("head_dim") ?? hidden / heads;
        var context = c.Integer("max_position_embeddings");
        return new LlamaConfiguration
        {
            HiddenSize = hidden,
            IntermediateSize = c.Integer("intermediate_size"),
            NumHiddenLayers = c.Integer("num_hidden_layers"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = c.OptionalInteger("num_key_value_heads") ?? heads,
            HeadDim = headDim,
            VocabSize = c.Integer("vocab_size"),
            MaxPositionEmbeddings = context,
            RmsNormEps = (float)(c.OptionalNumber("rms_norm_eps") ?? 1e-6),
            TieWordEmbeddings = c.Flag("tie_word_embeddings"),
            AttentionBias = c.Flag("attention_bias"),
            MlpBias = c.Flag("mlp_bias"),
            Rope = Rope(c, headDim, context),
        };
    }

    public static LlamaConfiguration FromGguf(GgufMetadata m, bool tied)
    {
        var heads = (int)m.GetInteger("llama.attention.head_count");
        var hidden = (int)m.GetInteger("llama.embedding_length");
        var headDim = (int)(m.FindInteger("llama.attention.key_length") ?? hidden / heads);
        if (m.FindText("llama.rope.scaling.type") is { } scaling and not ("none" or "linear"))
            throw new ModelFileException($"the model's rope scaling '{scaling}' is not read from GGUF yet; use its Hugging Face folder");
        return new LlamaConfiguration
        {
            HiddenSize = hidden,
            IntermediateSize = (int)m.GetInteger("llama.feed_forward_length"),
            NumHiddenLayers = (int)m.GetInteger("llama.block_count"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = (int)(m.FindInteger("llama.attention.head_count_kv") ?? heads),
            HeadDim = headDim,
            VocabSize = (int)(m.FindInteger("llama.vocab_size") ?? m.GetTexts("tokenizer.ggml.tokens").Length),
            MaxPositionEmbeddings = (int)m.GetInteger("llama.context_length"),
            RmsNormEps = (float)m.GetNumber("llama.attention.layer_norm_rms_epsilon"),
            TieWordEmbeddings = tied,
            Rope = new RopeSettings
            {
                Base = m.FindNumber("llama.rope.freq_base") ?? 10000,
                RotaryDims = (int)(m.FindInteger("llama.rope.dimension_count") ?? headDim),
                Scaling = m.FindText("llama.rope.scaling.type") == "linear" ? RopeScaling.Linear : RopeScaling.None,
                Factor = m.FindNumber("llama.rope.scaling.factor") ?? 1,
            },
        };
    }

    /// <summary>Old spelling: rope_theta and rope_scaling; new: rope_parameters holds both.</summary>
    private static RopeSettings Rope(ConfigurationJson c, int headDim, int context)
    {
        var scaling = c.Object("rope_parameters") ?? c.Object("rope_scaling");
        var settings = new RopeSettings
        {
            Base = scaling?.OptionalNumber("rope_theta") ?? c.OptionalNumber("rope_theta") ?? 10000,
            RotaryDims = (int)(headDim * (scaling?.OptionalNumber("partial_rotary_factor") ?? c.OptionalNumber("partial_rotary_factor") ?? 1)),
            OriginalContext = scaling?.OptionalInteger("original_max_position_embeddings") ?? context,
        };
        var kind = scaling?.OptionalText("rope_type") ?? scaling?.OptionalText("type") ?? "default";
        return kind switch
        {
            "default" => settings,
            "linear" => settings with { Scaling = RopeScaling.Linear, Factor = scaling!.Number("factor") },
            "dynamic" => settings with { Scaling = RopeScaling.Dynamic, Factor = scaling!.Number("factor"), OriginalContext = context },
            "llama3" => settings with
            {
                Scaling = RopeScaling.Llama3, Factor = scaling!.Number("factor"),
                LowFreqFactor = scaling.Number("low_freq_factor"), HighFreqFactor = scaling.Number("high_freq_factor"),
            },
            "yarn" => settings with
            {
                Scaling = RopeScaling.Yarn, Factor = scaling!.Number("factor"),
                BetaFast = scaling.OptionalNumber("beta_fast") ?? 32, BetaSlow = scaling.OptionalNumber("beta_slow") ?? 1,
                AttentionFactor = scaling.OptionalNumber("attention_factor"),
            },
            _ => throw new ModelFileException($"'{c.Path}' asks for the rope type '{kind}'; known are default, linear, dynamic, llama3 and yarn"),
        };
    }
}
