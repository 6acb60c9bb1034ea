using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Qwen2 and Qwen2.5 (Yang et al. 2024): Llama with biases on queries, keys and values, and a window in the upper layers where asked for.</summary>
internal sealed class Qwen2 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["qwen2"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "qwen2", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms],
        Configuration = (m, has) => GgufConfigurations.Of(m, "qwen2", "qwen2", "rms_norm_eps", has),
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var windows = Windows(c, sizes.Layers);
        return new DecoderPlan
        {
            Name = "qwen2", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6), AttentionBias = true,
                Shape = i => sizes.Attention(window: windows[i]), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }

    /// <summary>Qwen's rule: with use_sliding_window the layers from max_window_layers on see a window.</summary>
    public static int[] Windows(ConfigurationJson c, int layers)
    {
        int? window = c.Flag("use_sliding_window") ? LayerWindows.Window(c, 4096) : null;
        var first = c.OptionalInteger("max_window_layers") ?? 28;
        return LayerWindows.Read(c, layers, window, i => window is not null && i >= first);
    }
}
