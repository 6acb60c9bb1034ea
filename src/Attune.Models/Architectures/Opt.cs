using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>OPT (Zhang et al. 2022): learned positions from row 2 on; in the 350M model norms behind the sums and a narrower table of tokens.</summary>
internal sealed class Opt : IArchitecture
{
    private const int FirstPosition = 2;

    public IReadOnlyList<string> ModelTypes => ["opt"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, heads) = (c.Positive("hidden_size"), c.Positive("num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / heads, Intermediate = c.Positive("ffn_dim"), Layers = c.Positive("num_hidden_layers"),
            Vocabulary = c.Positive("vocab_size"), Context = c.Positive("max_position_embeddings"),
        }.Checked(c);
        var root = context.Prefix("embed_tokens.weight", "decoder.", "model.decoder.");
        var width = c.OptionalInteger("word_embed_proj_dim") ?? hidden;
        var (before, bias) = (c.Flag("do_layer_norm_before", true), c.Flag("enable_bias", true));
        return new DecoderPlan
        {
            Name = "opt", Sizes = sizes, Root = root, TokenWidth = width, Tied = c.Flag("tie_word_embeddings", true),
            FinalNorm = before && !c.Flag("_remove_final_layer_norm") ? "final_layer_norm" : null, Projection = width == hidden ? null : "project_out",
            Embedding = t => new TokenEmbedding(t)
            {
                Positions = m.Table(root + "embed_positions.weight", sizes.Context + FirstPosition, hidden), PositionOffset = FirstPosition,
                Projection = width == hidden ? null : m.Linear(root + "project_in", -1, hidden, width, bias: false),
            },
            Block = new BlockPlan
            {
                Norm = c.Flag("layer_norm_elementwise_affine", true) ? NormPlan.Layer(1e-5) : NormPlan.Bare(1e-5),
                BeforeMixer = before ? "self_attn_layer_norm" : null, AfterMixerSum = before ? null : "self_attn_layer_norm",
                BeforeFeed = before ? "final_layer_norm" : null, AfterFeedSum = before ? null : "final_layer_norm",
                AttentionBias = bias, Output = "self_attn.out_proj", OutputBias = bias, Gate = null, Up = "fc1", Down = "fc2", FeedBias = bias,
                Activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "relu", c.Path),
            },
        }.Build(context);
    }
}
