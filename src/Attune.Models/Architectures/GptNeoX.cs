using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>GPT-NeoX and Pythia (Black et al. 2022): fused maps head by head, a part of each head turns, attention and feed-forward beside one another.</summary>
internal sealed class GptNeoX : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gpt_neox"];

    /// <summary>Causal masks and frequencies of old files.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith(".attention.bias", StringComparison.Ordinal)
        || tensor.EndsWith(".attention.masked_bias", StringComparison.Ordinal) || tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var sizes = DecoderSizes.Read(c);
        var rope = RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context, c.OptionalNumber("rotary_emb_base") ?? 10000, c.OptionalNumber("rotary_pct") ?? 0.25);
        var rotary = new Rotary(rope, context.Options);
        var bias = c.Flag("attention_bias", true);
        return new DecoderPlan
        {
            Name = "gpt_neox", Sizes = sizes, Root = "gpt_neox.", Tokens = "embed_in", FinalNorm = "final_layer_norm", Head = "embed_out",
            Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_eps") ?? 1e-5), Parallel = c.Flag("use_parallel_residual", true),
                Attention = ["attention.query_key_value"], Grouped = true, AttentionBias = bias, Output = "attention.dense", OutputBias = bias, Rotary = _ => rotary,
                Gate = null, Up = "mlp.dense_h_to_4h", Down = "mlp.dense_4h_to_h", FeedBias = true,
                Activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "gelu", c.Path),
            },
        }.Build(context);
    }
}
