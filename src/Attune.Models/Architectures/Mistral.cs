using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Mistral (Jiang et al. 2023): Llama in which a token sees a window of those before it.</summary>
internal sealed class Mistral : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["mistral"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var window = LayerWindows.Window(c, 4096);
        var windows = LayerWindows.Read(c, sizes.Layers, window, _ => window is not null);
        return new DecoderPlan
        {
            Name = "mistral", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6), Shape = i => sizes.Attention(window: windows[i]), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
