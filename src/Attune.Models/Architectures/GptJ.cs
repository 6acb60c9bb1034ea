using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>GPT-J (Wang and Komatsuzaki 2021): neighbouring dimensions turn, attention and feed-forward share a norm and stand beside one another, a head with bias.</summary>
internal sealed class GptJ : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["gptj"];

    /// <summary>Causal masks of old files.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith(".attn.bias", StringComparison.Ordinal) || tensor.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var c = context.Configuration;
        var (hidden, heads) = (c.Positive("n_embd", "hidden_size"), c.Positive("n_head", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = c.OptionalInteger("n_inner") ?? 4 * hidden,
            Layers = c.Positive("n_layer", "num_hidden_layers"), Vocabulary = c.Positive("vocab_size"), Context = c.Positive("n_positions", "max_position_embeddings"),
        }.Checked(c);
        var turning = c.OptionalInteger("rotary_dim") ?? 64;
        if (turning < 2 || turning % 2 != 0 || turning > sizes.HeadDim)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has 'rotary_dim' {turning}; expected an even number of a head's {sizes.HeadDim} dimensions"));
        var rope = new RopeSettings { Base = 10000, RotaryDims = turning, Interleaved = true };
        var rotary = new Rotary(rope, context.Options);
        return new DecoderPlan
        {
            Name = "gptj", Sizes = sizes, Root = "transformer.", Tokens = "wte", Layers = "h.", FinalNorm = "ln_f", HeadBias = true,
            Tied = c.Flag("tie_word_embeddings"), Rope = rope, Owned = [rotary],
            Block = new BlockPlan
            {
                Norm = NormPlan.Layer(c.OptionalNumber("layer_norm_epsilon") ?? 1e-5), BeforeMixer = "ln_1", BeforeFeed = null, Parallel = true,
                Attention = ["attn.q_proj", "attn.k_proj", "attn.v_proj"], Output = "attn.out_proj", Rotary = _ => rotary,
                Gate = null, Up = "mlp.fc_in", Down = "mlp.fc_out", FeedBias = true,
                Activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "gelu_new", c.Path),
            },
        }.Build(context);
    }
}
