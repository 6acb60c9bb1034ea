using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// T5Gemma (Zhang et al. 2025): Gemma 2's blocks as encoder and as decoder. The encoder's windows reach both ways; the decoder's blocks attend to the encoder's states without
/// positions between their own attention and the feed-forward layer. Each side has its configuration and its table of tokens.
/// </summary>
internal sealed class T5Gemma : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["t5gemma"];

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var read = c.Object("encoder") ?? throw new ModelFileException($"'{c.Path}' has no 'encoder'; the configuration is incomplete");
        var written = c.Object("decoder") ?? throw new ModelFileException($"'{c.Path}' has no 'decoder'; the configuration is incomplete");
        var (source, target) = (DecoderSizes.Read(read), DecoderSizes.Read(written));
        var owned = new List<IDisposable>();
        var encoder = Part(read, m, context.Options, "encoder", source, owned, out _);
        var crosses = new List<CrossAttention>();
        var decoder = Part(written, m, context.Options, "decoder", target, owned, out var tokens, encoder.Blocks.Count, crosses, source.Hidden);
        return new StackedEncoderDecoder(m)
        {
            Name = "t5gemma", Encoder = encoder, Decoder = decoder, Crosses = crosses,
            Head = new ScoreHead(m.Head("lm_head.out_proj", tokens, c.Flag("tie_word_embeddings", otherwise: true))) { Cap = (float)(written.OptionalNumber("final_logit_softcapping") ?? 0) },
            Width = target.Hidden, SourceContext = source.Context, TargetContext = target.Context,
            Shape = Shape(written, target, causal: true), Owned = owned,
            Start = c.OptionalInteger("decoder_start_token_id") ?? written.OptionalInteger("bos_token_id") ?? 2,
        };
    }

    private static AttentionShape Shape(ConfigurationJson c, DecoderSizes sizes, bool causal) => sizes.Attention(
        causal, scale: 1 / MathF.Sqrt((float)(c.OptionalNumber("query_pre_attn_scalar") ?? sizes.HeadDim)), softCap: (float)(c.OptionalNumber("attn_logit_softcapping") ?? 0));

    /// <param name="crosses">Gets a decoder's attention to the encoder, whose states are <paramref name="sourceWidth"/> wide; null: this is the encoder.</param>
    private static StackPart Part(ConfigurationJson c, ModuleBuilder m, ModelOptions options, string side, DecoderSizes sizes, List<IDisposable> owned, out TableModule tokens, int first = 0, List<CrossAttention>? crosses = null, int sourceWidth = 0)
    {
        var (hidden, epsilon, bias) = (sizes.Hidden, c.OptionalNumber("rms_norm_eps") ?? 1e-6, c.Flag("attention_bias"));
        var activation = ActivationKinds.Parse(c.OptionalText("hidden_activation") ?? "gelu_pytorch_tanh", c.Path);
        var rotary = new Rotary(RopeConfigurations.Read(c, sizes.HeadDim, sizes.Context), options);
        owned.Add(rotary);
        var shape = Shape(c, sizes, causal: crosses is not null);
        var kinds = c.Texts("layer_types") ?? [.. Enumerable.Range(0, sizes.Layers).Select(i => i % 2 == 0 ? "sliding_attention" : "full_attention")];
        var table = tokens = m.Table($"model.{side}.embed_tokens.weight", sizes.Vocabulary, hidden);
        var blocks = Enumerable.Range(0, sizes.Layers).Select(i =>
        {
            var (p, layer) = ($"model.{side}.layers.{i}.", first + i);
            var before = Norm(p + "pre_self_attn_layernorm");
            // A window of w: the token itself and w − 1 before it; both ways w to either side.
            var own = kinds[i] != "sliding_attention" ? shape : shape with { Window = c.Positive("sliding_window") + (shape.Causal ? 0 : 1), Symmetric = !shape.Causal };
            var mixer = new AttentionMixer(new LinearGroup(Query(p + "self_attn", layer), Key(p + "self_attn.k_proj", layer, hidden), Key(p + "self_attn.v_proj", layer, hidden)), Output(p + "self_attn", layer), own) { Rotary = rotary };
            var after = Norm(p + "post_self_attn_layernorm");
            var cross = crosses is null ? null : Cross(p, layer);
            if (cross is not null)
                crosses!.Add(cross);
            var beforeFeed = Norm(p + "pre_feedforward_layernorm");
            var gated = new LinearGroup(m.Linear(p + "mlp.gate_proj", layer, sizes.Intermediate, hidden, bias: false), m.Linear(p + "mlp.up_proj", layer, sizes.Intermediate, hidden, bias: false));
            var feed = new GatedFeedForward(gated, m.Linear(p + "mlp.down_proj", layer, hidden, sizes.Intermediate, bias: false), activation);
            return new TransformerBlock(mixer, feed)
            {
                BeforeMixer = before, AfterMixer = after, Cross = cross, BeforeFeed = beforeFeed, AfterFeed = Norm(p + "post_feedforward_layernorm"), Uncached = first,
            };
        }).ToArray();
        var embedding = new TokenEmbedding(table) { Scale = MathF.Sqrt(hidden), TakesSites = crosses is null };
        return new StackPart(embedding, new BlockStack(blocks) { First = first }) { FinalNorm = Norm($"model.{side}.norm") };

        NormModule Norm(string name) => m.RmsNorm(name, hidden, epsilon, offset: 1);

        LinearModule Query(string p, int layer) => m.Linear(p + ".q_proj", layer, sizes.QueryWidth, hidden, bias);

        LinearModule Key(string name, int layer, int inputs) => m.Linear(name, layer, sizes.KeyWidth, inputs, bias);

        LinearModule Output(string p, int layer) => m.Linear(p + ".o_proj", layer, hidden, sizes.QueryWidth, bias);

        CrossAttention Cross(string p, int layer)
        {
            var before = Norm(p + "pre_cross_attn_layernorm");
            var maps = new LinearGroup(Key(p + "cross_attn.k_proj", layer, sourceWidth), Key(p + "cross_attn.v_proj", layer, sourceWidth));
            return new CrossAttention(Query(p + "cross_attn", layer), maps, Output(p + "cross_attn", layer), shape with { Causal = false })
            {
                Before = before, After = Norm(p + "post_cross_attn_layernorm"),
            };
        }
    }
}
