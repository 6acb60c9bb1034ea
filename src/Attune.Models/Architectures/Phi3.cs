using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Phi-3 and Phi-4 (Abdin et al. 2024): Llama with fused maps, and rotary frequencies of two lists (LongRoPE, Ding et al. 2024) for long contexts.</summary>
internal sealed class Phi3 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["phi3"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var window = LayerWindows.Window(c) ?? 0;
        return new DecoderPlan
        {
            Name = "phi3", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-5), Attention = ["self_attn.qkv_proj"], Gate = "mlp.gate_up_proj", Up = "mlp.gate_up_proj",
                Shape = _ => sizes.Attention(window: window), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
