using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>SmolLM3 (Hugging Face 2025): Llama in which every fourth layer has no rotary positions.</summary>
internal sealed class SmolLm3 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["smollm3"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, theta: 2e6);
        var rotary = new Rotary(rope, context.Options);
        var turns = Turns(c, sizes.Layers);
        int? window = c.Flag("use_sliding_window") ? LayerWindows.Window(c) : null;
        var windows = LayerWindows.Read(c, sizes.Layers, window, i => window is not null && !turns[i]);
        var bias = c.Flag("attention_bias");
        return new DecoderPlan
        {
            Name = "smollm3", Sizes = sizes, Tied = c.Flag("tie_word_embeddings", true), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6), AttentionBias = bias, OutputBias = bias, FeedBias = c.Flag("mlp_bias"),
                Shape = i => sizes.Attention(window: windows[i]), Rotary = i => turns[i] ? rotary : null,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }

    /// <summary>no_rope_layers, in which 1 says that a layer does turn; or every layer but each no_rope_layer_interval-th.</summary>
    private static bool[] Turns(ConfigurationJson c, int layers)
    {
        if (c.Numbers("no_rope_layers") is { } list)
            return list.Length == layers ? [.. list.Select(n => n != 0)]
                : throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {list.Length} 'no_rope_layers' for {layers} layers; give one for each"));
        var every = c.OptionalInteger("no_rope_layer_interval") ?? 4;
        return every < 1 ? throw new ModelFileException($"'{c.Path}' has a 'no_rope_layer_interval' below 1; every so many layers do not turn")
            : [.. Enumerable.Range(0, layers).Select(i => (i + 1) % every != 0)];
    }
}
