using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Models.Sites;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// T5 (Raffel et al. 2020): pre-norm blocks without biases, scores that are not scaled but get a learned bias by bucket of distance. Version 1.0 has a ReLU layer and
/// a head tied to the embeddings; 1.1 and mT5 (Shazeer 2020; Xue et al. 2021) a gated one and a head of their own.
/// </summary>
internal sealed class T5 : IArchitecture
{
    /// <summary>All but positions: only distances count.</summary>
    private static readonly SiteKind[] OwnSites =
        [SiteKind.Prompt, SiteKind.Embeddings, SiteKind.KeysValues, SiteKind.Activations, SiteKind.Weights, SiteKind.Logits, SiteKind.Head];

    public IReadOnlyList<string> ModelTypes => ["t5", "mt5"];

    /// <summary>Copies of the shared embedding, and a bias between the sequences that old checkpoints hold and no version uses.</summary>
    public bool IsHarmless(string tensor) =>
        tensor is "encoder.embed_tokens.weight" or "decoder.embed_tokens.weight" || tensor.EndsWith("EncDecAttention.relative_attention_bias.weight", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var parts = new Parts(c, m);
        var tied = c.Flag("tie_word_embeddings", otherwise: true);
        var tokens = m.Table("shared.weight", c.Positive("vocab_size"), parts.Hidden);
        var encoder = parts.Encoder(tokens);
        var crosses = new List<CrossAttention>();
        var decoder = parts.Decoder(tokens, encoder.Blocks.Count, crosses);
        var limit = c.OptionalInteger("n_positions") ?? 512;
        return new StackedEncoderDecoder(m)
        {
            Name = "t5", Encoder = encoder, Decoder = decoder, Crosses = crosses,
            Head = new ScoreHead(m.Head("lm_head", tokens, tied)) { InputScale = tied && c.Flag("scale_decoder_outputs", otherwise: true) ? 1 / MathF.Sqrt(parts.Hidden) : 1 },
            Width = parts.Hidden, SourceContext = limit, TargetContext = limit, Shape = parts.Shape(causal: true), OwnSites = OwnSites,
            Start = c.OptionalInteger("decoder_start_token_id") ?? c.OptionalInteger("pad_token_id") ?? 0,
        };
    }

    /// <summary>The sizes, and what encoder and decoder have in common.</summary>
    private sealed class Parts(ConfigurationJson c, ModuleBuilder m)
    {
        private readonly int heads = c.Positive("num_heads"), headDim = c.Positive("d_kv"), inner = c.Positive("d_ff");
        private readonly double epsilon = c.OptionalNumber("layer_norm_epsilon") ?? 1e-6;
        private readonly (bool Gated, ActivationKind Kind) feed = FeedOf(c);

        public int Hidden { get; } = c.Positive("d_model");

        public AttentionShape Shape(bool causal) => new(heads, heads, headDim, 1, causal);

        public StackPart Encoder(TableModule tokens)
        {
            var blocks = Enumerable.Range(0, c.Positive("num_layers")).Select(i =>
            {
                var p = $"encoder.block.{i}.layer.";
                var norm = m.RmsNorm(p + "0.layer_norm", Hidden, epsilon);
                var mixer = new AttentionMixer(Maps(p + "0.SelfAttention.", i, "q", "k", "v"), Output(p + "0.SelfAttention.o", i), Shape(causal: false));
                return new TransformerBlock(mixer, Feed(p + "1.", i, out var feedNorm)) { BeforeMixer = norm, BeforeFeed = feedNorm };
            }).ToArray();
            return new StackPart(new TokenEmbedding(tokens), new BlockStack(blocks)) { Bias = Bias("encoder", true), FinalNorm = m.RmsNorm("encoder.final_layer_norm", Hidden, epsilon) };
        }

        public StackPart Decoder(TableModule tokens, int first, List<CrossAttention> crosses)
        {
            var blocks = Enumerable.Range(0, c.OptionalInteger("num_decoder_layers") ?? c.Positive("num_layers")).Select(i =>
            {
                var (p, layer) = ($"decoder.block.{i}.layer.", first + i);
                var norm = m.RmsNorm(p + "0.layer_norm", Hidden, epsilon);
                var mixer = new AttentionMixer(Maps(p + "0.SelfAttention.", layer, "q", "k", "v"), Output(p + "0.SelfAttention.o", layer), Shape(causal: true));
                var crossNorm = m.RmsNorm(p + "1.layer_norm", Hidden, epsilon);
                var cross = new CrossAttention(Map(p + "1.EncDecAttention.q", layer), Maps(p + "1.EncDecAttention.", layer, "k", "v"), Output(p + "1.EncDecAttention.o", layer), Shape(causal: false)) { Before = crossNorm };
                crosses.Add(cross);
                return new TransformerBlock(mixer, Feed(p + "2.", layer, out var feedNorm)) { BeforeMixer = norm, Cross = cross, BeforeFeed = feedNorm, Uncached = first };
            }).ToArray();
            return new StackPart(new TokenEmbedding(tokens) { TakesSites = false }, new BlockStack(blocks) { First = first })
            {
                Bias = Bias("decoder", false), FinalNorm = m.RmsNorm("decoder.final_layer_norm", Hidden, epsilon),
            };
        }

        private LinearModule Map(string name, int layer) => m.Linear(name, layer, heads * headDim, Hidden, bias: false);

        private LinearGroup Maps(string prefix, int layer, params string[] names) => new([.. names.Select(n => Map(prefix + n, layer))]);

        private LinearModule Output(string name, int layer) => m.Linear(name, layer, Hidden, heads * headDim, bias: false);

        private FeedForward Feed(string p, int layer, out NormModule norm)
        {
            norm = m.RmsNorm(p + "layer_norm", Hidden, epsilon);
            p += "DenseReluDense.";
            if (!feed.Gated)
                return new PlainFeedForward(m.Linear(p + "wi", layer, inner, Hidden, bias: false), m.Linear(p + "wo", layer, Hidden, inner, bias: false), feed.Kind);
            var both = new LinearGroup(m.Linear(p + "wi_0", layer, inner, Hidden, bias: false), m.Linear(p + "wi_1", layer, inner, Hidden, bias: false));
            return new GatedFeedForward(both, m.Linear(p + "wo", layer, Hidden, inner, bias: false), feed.Kind);
        }

        private RelativeBias Bias(string side, bool bothWays) => new(
            m.Vector($"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight", c.OptionalInteger("relative_attention_num_buckets") ?? 32, heads),
            c.OptionalInteger("relative_attention_max_distance") ?? 128, bothWays);

        /// <summary>"relu" or "gated-gelu", of which the latter means the tanh form.</summary>
        private static (bool, ActivationKind) FeedOf(ConfigurationJson c)
        {
            var text = c.OptionalText("feed_forward_proj") ?? "relu";
            var parts = text.Split('-');
            if (parts.Length > 2 || parts.Length == 2 && parts[0] != "gated")
                throw new ModelFileException($"'{c.Path}' has the feed-forward layer '{text}'; expected an activation, or 'gated-' and one");
            return (parts.Length == 2, ActivationKinds.Parse(text == "gated-gelu" ? "gelu_new" : parts[^1], c.Path));
        }
    }
}
