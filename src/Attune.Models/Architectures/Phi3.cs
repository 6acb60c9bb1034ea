using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Phi-3 and Phi-4 (Abdin et al. 2024): Llama with fused maps, and rotary frequencies of two lists (LongRoPE, Ding et al. 2024) for long contexts.</summary>
internal sealed class Phi3 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["phi3"];

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "phi3", Parts = GgufParts.Outer, IsPlain = false,
        LayerParts = [("self_attn.qkv_proj", "attn_qkv"), ("self_attn.o_proj", "attn_output"), ("mlp.gate_up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"), .. GgufParts.Norms],
        Configuration = (m, has) =>
        {
            var json = GgufConfigurations.Of(m, "phi3", "phi3", "rms_norm_eps", has);
            // 0 says that there is none.
            if (m.FindInteger("phi3.attention.sliding_window") is { } window and > 0)
                json["sliding_window"] = window;
            return json;
        },
    };

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
