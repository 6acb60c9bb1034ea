using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>Gemma (Gemma Team 2024): embeddings times √hidden, norms with weight 1 + w, a GELU gate.</summary>
internal sealed class Gemma : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gemma"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public GgufArchitecture Gguf { get; } = new()
    {
        Name = "gemma", Parts = GgufParts.Outer, LayerParts = [.. GgufParts.Maps, .. GgufParts.Norms], Added = AddedToNorms, IsPlain = false,
        Configuration = (m, has) => GgufConfigurations.Of(m, "gemma", "gemma", "rms_norm_eps", has),
    };

    /// <summary>The converter adds the 1 of (1 + w) to every norm's weight.</summary>
    public static float AddedToNorms(string tensor) => tensor.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0;

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        c.Refuse("use_bidirectional_attention");
        var sizes = DecoderSizes.Read(c, headDim: 256);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias");
        return new DecoderPlan
        {
            Name = "gemma", Sizes = sizes, EmbeddingScale = MathF.Sqrt(sizes.Hidden), Tied = c.Flag("tie_word_embeddings", true), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Rms(c.OptionalNumber("rms_norm_eps") ?? 1e-6, offset: 1), AttentionBias = bias, OutputBias = bias, Rotary = _ => rotary,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_activation") ?? c.OptionalText("hidden_act") ?? "gelu_pytorch_tanh", c.Path),
            },
        }.Build(context);
    }
}
