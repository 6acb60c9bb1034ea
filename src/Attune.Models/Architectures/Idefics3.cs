using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>Idefics3 (Laurençon et al. 2024), whose form SmolVLM has: the states of a SigLIP tower, squares of patches joined and mapped, in place of a Llama's image tokens.</summary>
internal sealed class Idefics3 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["idefics3"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var text = ImageTexts.Create(context, ImageTexts.Part(c, "text_config"), n => n.StartsWith("model.", StringComparison.Ordinal) ? "model.text_model." + n["model.".Length..] : n);
        var vision = VisionTowers.Configuration(ImageTexts.Part(c, "vision_config").Or(new() { ["model_type"] = "idefics3_vision" }));
        var blocks = new PreNormBlocks(m, vision, epsilon: 1e-6) { First = null };
        var tower = VisionTowers.Create(m, vision, "model.vision_model.", blocks, out _);
        var (grid, factor) = (tower.Embedding.Grid, c.OptionalInteger("scale_factor") ?? 2);
        if (factor < 1 || grid % factor != 0)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has scale_factor {factor} for {grid} × {grid} patches; it must divide them"));
        var map = m.Linear("model.connector.modality_projection.proj", -1, text.Hidden, blocks.Hidden * factor * factor, bias: false);
        return new ImageTextModel(m, "idefics3", text, tower, new ShuffleConnector(map, grid, factor)) { ImageToken = c.Integer("image_token_id", "image_token_index") };
    }
}
