using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>BART (Lewis et al. 2020): post-norm blocks with biases, learned positions that start at row 2, one table of tokens for encoder, decoder and head.</summary>
internal sealed class Bart : IArchitecture
{
    private const double Epsilon = 1e-5;

    public IReadOnlyList<string> ModelTypes => ["bart"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("coder.embed_tokens.weight", StringComparison.Ordinal) || tensor.EndsWith("coder.version", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, limit) = (c.Positive("d_model"), c.Positive("max_position_embeddings"));
        var prefix = context.Prefix("shared.weight", "model.", "");
        var tokens = m.Table(prefix + "shared.weight", c.Positive("vocab_size"), hidden);
        var encoder = Part(c, m, prefix, "encoder", tokens, 0, null);
        var crosses = new List<CrossAttention>();
        var decoder = Part(c, m, prefix, "decoder", tokens, encoder.Blocks.Count, crosses);
        return new StackedEncoderDecoder(m)
        {
            Name = "bart", Encoder = encoder, Decoder = decoder, Crosses = crosses,
            Head = new ScoreHead(m.Head("lm_head", tokens, c.Flag("tie_word_embeddings", otherwise: true)))
            {
                Bias = m.Has("final_logits_bias") ? m.Vector("final_logits_bias", 1, tokens.Rows) : null,
            },
            Width = hidden, SourceContext = limit, TargetContext = limit, Shape = Shape(c, "decoder", hidden, causal: true),
            Start = c.OptionalInteger("decoder_start_token_id") ?? 2,
        };
    }

    private static AttentionShape Shape(ConfigurationJson c, string side, int hidden, bool causal)
    {
        var heads = c.Positive(side + "_attention_heads");
        return new AttentionShape(heads, heads, hidden / heads, 1 / MathF.Sqrt(hidden / heads), causal);
    }

    /// <param name="crosses">Gets a decoder's attention to the encoder; null: this is the encoder.</param>
    private static StackPart Part(ConfigurationJson c, ModuleBuilder m, string prefix, string side, TableModule tokens, int first, List<CrossAttention>? crosses)
    {
        var (hidden, inner) = (c.Positive("d_model"), c.Positive(side + "_ffn_dim"));
        var activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "gelu", c.Path);
        var shape = Shape(c, side, hidden, causal: crosses is not null);
        var root = prefix + side + ".";
        var embedding = new TokenEmbedding(tokens)
        {
            Scale = c.Flag("scale_embedding") ? MathF.Sqrt(hidden) : 1, Positions = m.Table(root + "embed_positions.weight", c.Positive("max_position_embeddings") + 2, hidden), PositionOffset = 2,
            Norm = m.LayerNorm(root + "layernorm_embedding", hidden, Epsilon), TakesSites = crosses is null,
        };
        var blocks = Enumerable.Range(0, c.Positive(side + "_layers")).Select(i =>
        {
            var (p, layer) = ($"{root}layers.{i}.", first + i);
            var mixer = new AttentionMixer(new LinearGroup(Map(p + "self_attn.q_proj", layer), Map(p + "self_attn.k_proj", layer), Map(p + "self_attn.v_proj", layer)), Map(p + "self_attn.out_proj", layer), shape);
            var mixerNorm = m.LayerNorm(p + "self_attn_layer_norm", hidden, Epsilon);
            var cross = crosses is null ? null : Cross(p + "encoder_attn", layer);
            if (cross is not null)
                crosses!.Add(cross);
            var feed = new PlainFeedForward(m.Linear(p + "fc1", layer, inner, hidden, bias: true), m.Linear(p + "fc2", layer, hidden, inner, bias: true), activation);
            return new TransformerBlock(mixer, feed) { AfterMixerSum = mixerNorm, Cross = cross, AfterFeedSum = m.LayerNorm(p + "final_layer_norm", hidden, Epsilon), Uncached = first };
        }).ToArray();
        return new StackPart(embedding, new BlockStack(blocks) { First = first });

        LinearModule Map(string name, int layer) => m.Linear(name, layer, hidden, hidden, bias: true);

        CrossAttention Cross(string p, int layer) =>
            new(Map(p + ".q_proj", layer), new LinearGroup(Map(p + ".k_proj", layer), Map(p + ".v_proj", layer)), Map(p + ".out_proj", layer), shape with { Causal = false })
            {
                AfterSum = m.LayerNorm(p + "_layer_norm", hidden, Epsilon),
            };
    }
}
