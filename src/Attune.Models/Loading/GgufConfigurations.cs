using System.Text.Json.Nodes;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>Metadata of GGUF files under the names of config.json.</summary>
internal static class GgufConfigurations
{
    /// <summary>What nearly all architectures have.</summary>
    /// <param name="architecture">Prefix of the keys.</param>
    public static JsonObject Common(GgufMetadata m, string architecture)
    {
        long Integer(string key) => m.GetInteger($"{architecture}.{key}");
        var (heads, hidden) = (Integer("attention.head_count"), Integer("embedding_length"));
        if (heads < 1)
            throw new ModelFileException($"'{architecture}.attention.head_count' is {heads}; it must be positive");
        var headDim = m.FindInteger($"{architecture}.attention.key_length") ?? hidden / heads;
        return new JsonObject
        {
            ["model_type"] = architecture,
            ["hidden_size"] = hidden,
            ["intermediate_size"] = Integer("feed_forward_length"),
            ["num_hidden_layers"] = Integer("block_count"),
            ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = m.FindInteger($"{architecture}.attention.head_count_kv") ?? heads,
            ["head_dim"] = headDim,
            ["vocab_size"] = m.FindInteger($"{architecture}.vocab_size") ?? m.GetTexts("tokenizer.ggml.tokens").Length,
            ["max_position_embeddings"] = Integer("context_length"),
            ["rope_parameters"] = Rope(m, architecture, headDim),
        };
    }

    private static JsonObject Rope(GgufMetadata m, string architecture, long headDim)
    {
        var scaling = m.FindText($"{architecture}.rope.scaling.type") ?? "none";
        if (scaling is not ("none" or "linear"))
            throw new ModelFileException($"the model's rope scaling '{scaling}' is not read from GGUF; use its Hugging Face folder");
        var json = new JsonObject
        {
            ["rope_type"] = scaling == "linear" ? "linear" : "default",
            ["rope_theta"] = m.FindNumber($"{architecture}.rope.freq_base") ?? 10000,
            ["partial_rotary_factor"] = (double)(m.FindInteger($"{architecture}.rope.dimension_count") ?? headDim) / headDim,
        };
        if (scaling == "linear")
            json["factor"] = m.FindNumber($"{architecture}.rope.scaling.factor") ?? 1;
        return json;
    }
}
