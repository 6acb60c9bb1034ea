using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>LLaVA (Liu et al. 2023; version 1.5, 2024): the patches' states of CLIP's tower through two maps, in place of a language model's image tokens.</summary>
internal sealed class Llava : IArchitecture
{
    /// <summary>What a Llama's files leave out.</summary>
    private static readonly JsonObject TextDefaults = new()
    {
        ["model_type"] = "llama", ["vocab_size"] = 32000, ["hidden_size"] = 4096, ["intermediate_size"] = 11008, ["num_hidden_layers"] = 32, ["num_attention_heads"] = 32,
        ["max_position_embeddings"] = 2048,
    };

    public IReadOnlyList<string> ModelTypes => ["llava"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var whole = context.Prefix("multi_modal_projector.linear_1.weight", "", "model.");
        var given = ImageTexts.Part(c, "text_config");
        var text = ImageTexts.Create(context, given.OptionalText("model_type") is null or "llama" ? given.Or(TextDefaults) : given, n => NameInText(n, whole));
        var vision = VisionTowers.Configuration(ImageTexts.Part(c, "vision_config"));
        var prefix = context.Prefix("embeddings.patch_embedding.weight", whole + "vision_tower.vision_model.", whole + "vision_tower.");
        var blocks = new PreNormBlocks(m, vision, epsilon: 1e-5) { First = null };
        var tower = VisionTowers.Create(m, vision, prefix, blocks, out _, c.OptionalInteger("vision_feature_layer") ?? -2);
        return new ImageTextModel(m, "llava", text, tower, Connector(context, whole, tower, text.Hidden)) { ImageToken = c.Integer("image_token_index", "image_token_id") };
    }

    /// <summary>"model.norm" is "language_model.model.norm", or since version 4.52 of transformers "model.language_model.norm".</summary>
    private static string NameInText(string name, string whole) =>
        whole.Length == 0 ? "language_model." + name : name.StartsWith("model.", StringComparison.Ordinal) ? "model.language_model." + name["model.".Length..] : name;

    private static FeedConnector Connector(ArchitectureContext context, string whole, VisionTower tower, int hidden)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var skipped = (c.OptionalText("vision_feature_select_strategy") ?? "default") switch
        {
            "default" => 1,
            "full" => 0,
            var other => throw new ModelFileException($"'{c.Path}' has vision_feature_select_strategy '{other}'; known are default and full"),
        };
        var bias = c.Flag("multimodal_projector_bias", otherwise: true);
        var up = m.Linear(whole + "multi_modal_projector.linear_1", -1, hidden, tower.Embedding.Width, bias);
        var down = m.Linear(whole + "multi_modal_projector.linear_2", -1, hidden, hidden, bias);
        return new FeedConnector(new PlainFeedForward(up, down, ImageTexts.Activation(c, "projector_hidden_act", "gelu")), tower.Embedding.Tokens, skipped);
    }
}
