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
            ["rope_parameters"] = GgufRope.Parameters(m, architecture, headDim),
        };
    }

    /// <summary>The same with the checkpoint's name of the architecture, its norms' epsilon and whether it has a head of its own.</summary>
    /// <param name="type">Value of model_type.</param>
    /// <param name="epsilon">Key of the epsilon in config.json; it decides which of GGUF's is read.</param>
    /// <param name="has">Whether the file has a tensor of a checkpoint's name.</param>
    /// <param name="head">Name of the head.</param>
    public static JsonObject Of(GgufMetadata m, string architecture, string type, string epsilon, Func<string, bool> has, string head = "lm_head.weight")
    {
        var json = Common(m, architecture);
        json["model_type"] = type;
        json[epsilon] = m.GetNumber($"{architecture}.attention.{(epsilon.StartsWith("rms", StringComparison.Ordinal) ? "layer_norm_rms_epsilon" : "layer_norm_epsilon")}");
        json["tie_word_embeddings"] = !has(head);
        return json;
    }

    /// <summary>A number of the metadata under a name of config.json, where it is there.</summary>
    public static void Put(JsonObject json, string name, double? value)
    {
        if (value is { } number)
            json[name] = number;
    }
}
