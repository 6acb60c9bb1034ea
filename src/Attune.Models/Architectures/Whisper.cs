using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// Whisper (Radford et al. 2022): two convolutions over mel frames, of which the second halves their number, then an encoder with stored sinusoids as positions; a decoder
/// with learned ones. Pre-norm blocks with biases, except on keys. It reads spectrograms, not text.
/// </summary>
internal sealed class Whisper : IArchitecture
{
    private const double Epsilon = 1e-5;

    public IReadOnlyList<string> ModelTypes => ["whisper"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, mels, frames) = (c.Positive("d_model"), c.Positive("num_mel_bins"), c.Positive("max_source_positions"));
        var prefix = context.Prefix("encoder.conv1.weight", "model.", "");
        var front = new SpeechFront(
            new Convolution(m.Vector(prefix + "encoder.conv1.weight", hidden, mels, 3), m.Vector(prefix + "encoder.conv1.bias", hidden)),
            new Convolution(m.Vector(prefix + "encoder.conv2.weight", hidden, hidden, 3), m.Vector(prefix + "encoder.conv2.bias", hidden)) { Stride = 2 },
            m.Table(prefix + "encoder.embed_positions.weight", frames, hidden));
        var encoder = Part(c, m, prefix + "encoder.", "encoder", null, 0, null);
        var tokens = m.Table(prefix + "decoder.embed_tokens.weight", c.Positive("vocab_size"), hidden);
        var embedding = new TokenEmbedding(tokens)
        {
            Scale = c.Flag("scale_embedding") ? MathF.Sqrt(hidden) : 1, Positions = m.Table(prefix + "decoder.embed_positions.weight", c.Positive("max_target_positions"), hidden), TakesSites = false,
        };
        var crosses = new List<CrossAttention>();
        var decoder = Part(c, m, prefix + "decoder.", "decoder", embedding, encoder.Blocks.Count, crosses);
        return new SpeechModel(m, front)
        {
            Name = "whisper", Encoder = encoder, Decoder = decoder, Crosses = crosses, Head = new ScoreHead(m.Head("proj_out", tokens, tied: true)),
            Width = hidden, SourceContext = frames, TargetContext = c.Positive("max_target_positions"), Shape = Shape(c, "decoder", hidden, causal: true),
            Start = c.OptionalInteger("decoder_start_token_id") ?? 50257,
        };
    }

    private static AttentionShape Shape(ConfigurationJson c, string side, int hidden, bool causal)
    {
        var heads = c.Positive(side + "_attention_heads");
        return new AttentionShape(heads, heads, hidden / heads, 1 / MathF.Sqrt(hidden / heads), causal);
    }

    /// <param name="crosses">Gets a decoder's attention to the encoder; null: this is the encoder.</param>
    private static StackPart Part(ConfigurationJson c, ModuleBuilder m, string root, string side, TokenEmbedding? embedding, int first, List<CrossAttention>? crosses)
    {
        var (hidden, inner) = (c.Positive("d_model"), c.Positive(side + "_ffn_dim"));
        var activation = ActivationKinds.Parse(c.OptionalText("activation_function") ?? "gelu", c.Path);
        var shape = Shape(c, side, hidden, causal: crosses is not null);
        var blocks = Enumerable.Range(0, c.Positive(side + "_layers")).Select(i =>
        {
            var (p, layer) = ($"{root}layers.{i}.", first + i);
            var before = m.LayerNorm(p + "self_attn_layer_norm", hidden, Epsilon);
            var mixer = new AttentionMixer(new LinearGroup(Map(p + "self_attn.q_proj", layer), Map(p + "self_attn.k_proj", layer, bias: false), Map(p + "self_attn.v_proj", layer)), Map(p + "self_attn.out_proj", layer), shape);
            var cross = crosses is null ? null : Cross(p + "encoder_attn", layer);
            if (cross is not null)
                crosses!.Add(cross);
            var beforeFeed = m.LayerNorm(p + "final_layer_norm", hidden, Epsilon);
            var feed = new PlainFeedForward(m.Linear(p + "fc1", layer, inner, hidden, bias: true), m.Linear(p + "fc2", layer, hidden, inner, bias: true), activation);
            return new TransformerBlock(mixer, feed) { BeforeMixer = before, Cross = cross, BeforeFeed = beforeFeed, Uncached = first };
        }).ToArray();
        return new StackPart(embedding, new BlockStack(blocks) { First = first }) { FinalNorm = m.LayerNorm(root + "layer_norm", hidden, Epsilon) };

        LinearModule Map(string name, int layer, bool bias = true) => m.Linear(name, layer, hidden, hidden, bias);

        CrossAttention Cross(string p, int layer)
        {
            var before = m.LayerNorm(p + "_layer_norm", hidden, Epsilon);
            return new(Map(p + ".q_proj", layer), new LinearGroup(Map(p + ".k_proj", layer, bias: false), Map(p + ".v_proj", layer)), Map(p + ".out_proj", layer), shape with { Causal = false })
            {
                Before = before,
            };
        }
    }
}
