using System.Text.Json.Nodes;
using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>The towers that CLIP and SigLIP see with, which other models take over.</summary>
internal static class VisionTowers
{
    private static readonly JsonObject ClipDefaults = new()
    {
        ["hidden_size"] = 768, ["intermediate_size"] = 3072, ["num_hidden_layers"] = 12, ["num_attention_heads"] = 12, ["num_channels"] = 3, ["image_size"] = 224, ["patch_size"] = 32,
        ["hidden_act"] = "quick_gelu", ["layer_norm_eps"] = 1e-5,
    };

    private static readonly JsonObject SiglipDefaults = new()
    {
        ["hidden_size"] = 768, ["intermediate_size"] = 3072, ["num_hidden_layers"] = 12, ["num_attention_heads"] = 12, ["num_channels"] = 3, ["image_size"] = 224, ["patch_size"] = 16,
        ["hidden_act"] = "gelu_pytorch_tanh", ["layer_norm_eps"] = 1e-6,
    };

    private static readonly JsonObject IdeficsDefaults = new()
    {
        ["hidden_size"] = 1152, ["intermediate_size"] = 3072, ["num_hidden_layers"] = 12, ["num_attention_heads"] = 16, ["num_channels"] = 3, ["image_size"] = 224, ["patch_size"] = 32,
        ["hidden_act"] = "gelu_pytorch_tanh", ["layer_norm_eps"] = 1e-6,
    };

    /// <summary>A tower's configuration with what its class adds.</summary>
    /// <exception cref="ModelFileException">It is of a kind that is not known.</exception>
    public static ConfigurationJson Configuration(ConfigurationJson c) => c.Or(c.OptionalText("model_type") switch
    {
        "clip_vision_model" => ClipDefaults,
        "siglip_vision_model" => SiglipDefaults,
        "idefics3_vision" or "idefics3" => IdeficsDefaults,
        var other => throw new ModelFileException($"'{c.Path}' has the vision tower '{other}'; known are clip_vision_model, siglip_vision_model and idefics3_vision"),
    });

    /// <summary>A tower with the class token, the first norm and the maps without bias of CLIP, or without a token of its own as SigLIP.</summary>
    /// <param name="c">From <see cref="Configuration"/>.</param>
    /// <param name="prefix">What stands before "embeddings".</param>
    /// <param name="blocks">Builds the blocks.</param>
    /// <param name="layer">The states that are wanted: those behind so many blocks, counted from the end where negative; null: behind all.</param>
    /// <param name="norm">The norm behind all blocks; not applied where some other states are wanted.</param>
    public static VisionTower Create(ModuleBuilder m, ConfigurationJson c, string prefix, PreNormBlocks blocks, out NormModule norm, int? layer = null)
    {
        var (hidden, channels, size, patch) = (blocks.Hidden, c.Positive("num_channels"), c.Positive("image_size"), c.Positive("patch_size"));
        if (patch > size)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has patches of {patch} pixels in images of {size}; the first must not be larger"));
        var isClip = c.Text("model_type") == "clip_vision_model";
        var (p, grid) = (prefix + "embeddings.", size / patch);
        var token = isClip ? m.Vector(p + "class_embedding", hidden) : null;
        var weight = m.Vector(p + "patch_embedding.weight", hidden, channels, patch, patch);
        var embedding = new PatchEmbedding(weight, m.Vector(p + "position_embedding.weight", grid * grid + (isClip ? 1 : 0), hidden), channels, size, patch)
        {
            ClassToken = token,
            Bias = isClip ? null : m.Vector(p + "patch_embedding.bias", hidden),
            Norm = isClip ? blocks.Norm(prefix + "pre_layrnorm") : null,
            Places = c.Text("model_type").StartsWith("idefics3", StringComparison.Ordinal) ? Places(grid) : null,
        };
        var used = layer is not { } l ? blocks.Count : l < 0 ? blocks.Count + 1 + l : l;
        if (used < 0 || used > blocks.Count)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' asks for the states behind layer {layer} of a vision tower of {blocks.Count} layers"));
        var stack = blocks.Build(prefix + "encoder.layers.", used: used);
        norm = blocks.Norm(prefix + "post_layernorm");
        return new VisionTower(embedding, stack) { FinalNorm = layer is null ? norm : null };
    }

    /// <summary>
    /// The positions of a whole image's patches in Idefics3: each side's fractions i · (1/n) in buckets with the borders k/n, in float32, so that rounding may move a patch to the
    /// row before.
    /// </summary>
    private static int[] Places(int grid)
    {
        var side = new int[grid];
        for (var i = 0; i < grid; i++)
        {
            var fraction = MathF.Min(i * (1f / grid), (float)(1 - 1e-6));
            for (var k = 0; k < grid - 1; k++)
                side[i] += (float)(1.0 / grid + k * (1.0 / grid)) <= fraction ? 1 : 0;
        }
        return [.. Enumerable.Range(0, grid * grid).Select(p => side[p / grid] * grid + side[p % grid])];
    }
}
