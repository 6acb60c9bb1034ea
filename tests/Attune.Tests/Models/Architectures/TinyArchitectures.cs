using System.Text.Json.Nodes;

namespace Attune.Tests.Models.Architectures;

/// <summary>Configurations of a few numbers for architectures that read texts or images both ways, by name; weights come from <see cref="TinyModels.RandomWeights"/>.</summary>
internal static class TinyArchitectures
{
    /// <summary>Encoders of texts.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Encoders { get; } = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
    {
        ["bert"] = Bert("bert", "BertForMaskedLM"),
        ["bert labels"] = Bert("bert", "BertForSequenceClassification"),
        ["roberta"] = Bert("roberta", "RobertaForMaskedLM"),
        ["roberta labels"] = Bert("xlm-roberta", "XLMRobertaForSequenceClassification"),
        ["mpnet"] = Bert("mpnet", "MPNetForMaskedLM"),
        ["electra"] = With(Bert("electra", "ElectraForPreTraining"), ("embedding_size", 8)),
        ["electra tokens"] = With(Bert("electra", "ElectraForTokenClassification"), ("embedding_size", 16)),
        ["albert"] = With(Bert("albert", "AlbertForMaskedLM"), ("embedding_size", 8), ("num_hidden_layers", 4), ("num_hidden_groups", 2)),
        ["distilbert"] = new JsonObject
        {
            ["model_type"] = "distilbert", ["architectures"] = new JsonArray("DistilBertForSequenceClassification"), ["dim"] = 16, ["hidden_dim"] = 24, ["n_layers"] = 2, ["n_heads"] = 2,
            ["vocab_size"] = 40, ["max_position_embeddings"] = 24,
        },
        ["deberta"] = With(Bert("deberta-v2", "DebertaV2ForSequenceClassification"), ("relative_attention", true), ("position_buckets", 6), ("share_att_key", true),
            ("pos_att_type", "p2c|c2p"), ("norm_rel_ebd", "layer_norm"), ("position_biased_input", false)),
        ["deberta with convolution"] = With(Bert("deberta-v2", "DebertaV2ForMaskedLM"), ("relative_attention", true), ("max_relative_positions", 5), ("conv_kernel_size", 3),
            ("pos_att_type", new JsonArray("c2p"))),
        ["modernbert"] = With(Bert("modernbert", "ModernBertForMaskedLM"), ("num_hidden_layers", 3), ("local_attention", 4)),
    };

    /// <summary>Models that see images of 8 × 8 pixels in patches of 2.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Images { get; } = new Dictionary<string, JsonObject>(StringComparer.Ordinal)
    {
        ["vit"] = With(Vision("vit"), ("architectures", new JsonArray("ViTForImageClassification"))),
        ["clip"] = new JsonObject { ["model_type"] = "clip", ["projection_dim"] = 6, ["text_config"] = Text(), ["vision_config"] = Vision("clip_vision_model") },
        ["siglip"] = new JsonObject { ["model_type"] = "siglip", ["text_config"] = Text(), ["vision_config"] = Vision("siglip_vision_model") },
        ["llava"] = new JsonObject { ["model_type"] = "llava", ["image_token_index"] = 3, ["text_config"] = Llama(), ["vision_config"] = Vision("clip_vision_model") },
        ["idefics3"] = new JsonObject { ["model_type"] = "idefics3", ["image_token_id"] = 3, ["scale_factor"] = 2, ["text_config"] = Llama(), ["vision_config"] = Vision("idefics3_vision") },
    };

    /// <summary>A copy with other values.</summary>
    public static JsonObject With(JsonObject configuration, params (string Key, JsonNode? Value)[] changes)
    {
        var copy = (JsonObject)configuration.DeepClone();
        foreach (var (key, value) in changes)
            copy[key] = value;
        return copy;
    }

    private static JsonObject Bert(string type, string name) => new()
    {
        ["model_type"] = type, ["architectures"] = new JsonArray(name), ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2,
        ["vocab_size"] = 40, ["max_position_embeddings"] = 24,
    };

    private static JsonObject Text() => new()
    {
        ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2, ["vocab_size"] = 40, ["max_position_embeddings"] = 24, ["eos_token_id"] = 39,
    };

    private static JsonObject Vision(string type) => new()
    {
        ["model_type"] = type, ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2, ["image_size"] = 8, ["patch_size"] = 2,
    };

    private static JsonObject Llama() => new()
    {
        ["model_type"] = "llama", ["hidden_size"] = 16, ["intermediate_size"] = 24, ["num_hidden_layers"] = 2, ["num_attention_heads"] = 2, ["vocab_size"] = 40, ["max_position_embeddings"] = 48,
    };
}
