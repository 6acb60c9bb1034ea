using System.Text.Json;
using Attune.Models.Architectures;
using Attune.Models.Files;

namespace Attune.Models.Loading;

/// <summary>Reads a <see cref="BertConfiguration"/> from config.json.</summary>
internal static class BertConfigurations
{
    public static BertConfiguration FromJson(JsonElement json, string path)
    {
        var c = new ConfigurationJson(json, path);
        var activation = c.OptionalText("hidden_act") ?? "gelu";
        if (activation is not ("gelu" or "gelu_new" or "gelu_pytorch_tanh"))
            throw new ModelFileException($"'{path}' has the activation '{activation}'; known are gelu, gelu_new and gelu_pytorch_tanh");
        if (c.OptionalText("position_embedding_type") is { } positions and not "absolute")
            throw new ModelFileException($"'{path}' has position embeddings '{positions}'; known is absolute");
        return new BertConfiguration
        {
            HiddenSize = c.Integer("hidden_size"),
            IntermediateSize = c.Integer("intermediate_size"),
            NumHiddenLayers = c.Integer("num_hidden_layers"),
            NumAttentionHeads = c.Integer("num_attention_heads"),
            VocabSize = c.Integer("vocab_size"),
            MaxPositionEmbeddings = c.Integer("max_position_embeddings"),
            TypeVocabSize = c.OptionalInteger("type_vocab_size") ?? 2,
            LayerNormEps = (float)(c.OptionalNumber("layer_norm_eps") ?? 1e-12),
            GeluByTanh = activation != "gelu",
        };
    }
}
