using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>SigLIP (Zhai et al. 2023): CLIP's towers with full attention in texts, a text's vector from its last token, an image's from attention over its patches.</summary>
internal sealed class Siglip : IArchitecture
{
    private static readonly JsonObject TextDefaults = new()
    {
        ["vocab_size"] = 32000, ["hidden_size"] = 768, ["intermediate_size"] = 3072, ["num_hidden_layers"] = 12, ["num_attention_heads"] = 12, ["max_position_embeddings"] = 64,
        ["hidden_act"] = "gelu_pytorch_tanh", ["layer_norm_eps"] = 1e-6,
    };

    public IReadOnlyList<string> ModelTypes => ["siglip"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var text = (c.Object("text_config") ?? throw new ModelFileException($"'{c.Path}' lacks 'text_config'; the configuration is incomplete")).Or(TextDefaults);
        var vision = VisionTowers.Configuration((c.Object("vision_config") ?? throw new ModelFileException($"'{c.Path}' lacks 'vision_config'; the configuration is incomplete")).Or(new() { ["model_type"] = "siglip_vision_model" }));
        if (!vision.Flag("vision_use_head", otherwise: true))
            throw new ModelFileException($"'{c.Path}' has vision_use_head false; known are towers with a pooling head");
        var (scale, bias) = (m.Vector("logit_scale", 1), m.Vector("logit_bias", 1));
        var textBlocks = new PreNormBlocks(m, text, epsilon: 1e-6);
        var length = text.Positive("max_position_embeddings");
        var embedding = new TokenEmbedding(m.Table("text_model.embeddings.token_embedding.weight", text.Positive("vocab_size"), textBlocks.Hidden))
        {
            Positions = m.Table("text_model.embeddings.position_embedding.weight", length, textBlocks.Hidden),
        };
        var texts = textBlocks.Build("text_model.encoder.layers.");
        var textNorm = textBlocks.Norm("text_model.final_layer_norm");
        var projection = m.Linear("text_model.head", -1, text.OptionalInteger("projection_size") ?? textBlocks.Hidden, textBlocks.Hidden, bias: true);
        var imageBlocks = new PreNormBlocks(m, vision, epsilon: 1e-6) { First = texts.Count };
        var tower = VisionTowers.Create(m, vision, "vision_model.", imageBlocks, out _);
        return new TwoTowers(m)
        {
            Name = "siglip", Embedding = embedding, Blocks = texts, FinalNorm = textNorm, TextRows = b => [.. b.Segments.Select(s => s.Start + s.Length - 1)], TextProjection = projection,
            Tower = tower, ImagePooling = Pooling(m, imageBlocks, "vision_model.head."), LogitScale = scale, LogitBias = bias, Shape = textBlocks.Shape, Context = length,
        };
    }

    private static AttentionPooling Pooling(ModuleBuilder m, PreNormBlocks blocks, string p)
    {
        var hidden = blocks.Hidden;
        return new AttentionPooling(
            m.Vector(p + "probe", 1, 1, hidden), m.Vector(p + "attention.in_proj_weight", 3 * hidden, hidden), m.Vector(p + "attention.in_proj_bias", 3 * hidden),
            m.Linear(p + "attention.out_proj", -1, hidden, hidden, bias: true), blocks.Norm(p + "layernorm"), blocks.Feed(p + "mlp.fc1", p + "mlp.fc2", -1), blocks.Shape);
    }
}
