using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>ViT (Dosovitskiy et al. 2021): a class token and patches with learned positions, pre-norm blocks; images are classified by the class token's last state.</summary>
internal sealed class Vit : IArchitecture
{
    private static readonly BlockNames Names = new()
    {
        Query = "attention.attention.query", Key = "attention.attention.key", Value = "attention.attention.value", MixerNorm = "layernorm_before", FeedNorm = "layernorm_after",
    };

    public IReadOnlyList<string> ModelTypes => ["vit"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration.Or(new() { ["hidden_act"] = "gelu" }), context.Modules);
        var blocks = new PreNormBlocks(m, c, epsilon: 1e-12) { Bias = c.Flag("qkv_bias", otherwise: true) };
        var (channels, size, patch) = (c.OptionalInteger("num_channels") ?? 3, c.Positive("image_size"), c.Positive("patch_size"));
        if (patch > size)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has patches of {patch} pixels in images of {size}; the first must not be larger"));
        var prefix = context.Prefix("embeddings.cls_token", "", "vit.");
        var p = prefix + "embeddings.";
        var token = m.Vector(p + "cls_token", 1, 1, blocks.Hidden);
        var weight = m.Vector(p + "patch_embeddings.projection.weight", blocks.Hidden, channels, patch, patch);
        var bias = m.Vector(p + "patch_embeddings.projection.bias", blocks.Hidden);
        var positions = m.Vector(p + "position_embeddings", 1, size / patch * (size / patch) + 1, blocks.Hidden);
        var embedding = new PatchEmbedding(weight, positions, channels, size, patch) { ClassToken = token, Bias = bias };
        var tower = new VisionTower(embedding, blocks.Build(prefix + "encoder.layer.", Names)) { FinalNorm = blocks.Norm(prefix + "layernorm") };
        m.BeginHeads();
        var pooler = prefix + "pooler.dense";
        return new ImageEncoder(m, "vit", tower, blocks.Shape)
        {
            Pooler = !m.Has(pooler + ".weight") ? null
                : new PoolingHead(m.Linear(pooler, -1, c.OptionalInteger("pooler_output_size") ?? blocks.Hidden, blocks.Hidden, bias: true), ActivationKinds.Parse(c.OptionalText("pooler_act") ?? "tanh", c.Path)),
            Head = context.Task == ModelTask.Labels ? context.Labels(new PoolingHead(blocks.Hidden), "classifier", blocks.Hidden) : null,
        };
    }
}
