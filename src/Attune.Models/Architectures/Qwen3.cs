using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Qwen3 (Yang et al. 2025): Llama with a norm of every head of queries and keys.</summary>
internal sealed class Qwen3 : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["qwen3"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "qwen3", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms, .. GgufParts.HeadNorms],
        Configuration = (m, has) => GgufConfigurations.Of(m, "qwen3", "qwen3", "rms_norm_eps", has),
    };

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c, headDim: 128);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var windows = Qwen2.Windows(c, sizes.Layers);
        var (bias, epsilon) = (c.Flag("attention_bias"), c.OptionalNumber("rms_norm_eps") ?? 1e-6);
        return new DecoderPlan
        {
            Name = "qwen3", Sizes = sizes, Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(epsilon), AttentionBias = bias, OutputBias = bias,
                QueryNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.q_norm", sizes.HeadDim, epsilon), sizes.HeadDim),
                KeyNorm = (p, _) => new HeadNorm(m.RmsNorm(p + "self_attn.k_norm", sizes.HeadDim, epsilon), sizes.HeadDim),
                Shape = i => sizes.Attention(window: windows[i]), Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "silu", c.Path),
            },
        }.Build(context);
    }
}
