using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Models.Loading;

namespace Attune.Models.Architectures;

/// <summary>
/// DeBERTa v2 and v3 (He et al. 2021; He et al. 2023): BERT's blocks with attention that weighs contents and relative positions apart; the larger of v2 have a convolution
/// beside the first block.
/// </summary>
internal sealed class DebertaV2 : IArchitecture
{
    private static readonly BlockNames Names = new() { Query = "attention.self.query_proj", Key = "attention.self.key_proj", Value = "attention.self.value_proj" };

    public IReadOnlyList<string> ModelTypes => ["deberta-v2"];

    /// <summary>Buffers, and the heads of pre-training that the class does not use.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal)
        || tensor.StartsWith("cls.", StringComparison.Ordinal) || tensor.StartsWith("lm_predictions.", StringComparison.Ordinal) || tensor.StartsWith("mask_predictions.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "deberta.");
        if ((c.OptionalInteger("embedding_size") ?? sizes.Hidden) != sizes.Hidden)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has embedding_size {c.Integer("embedding_size")}; known is hidden_size, {sizes.Hidden}"));
        var attention = new Attention(context, sizes, prefix);
        var parts = new PostNormParts(context, sizes, epsilon: 1e-7) { Shape = attention.Shape, Mixer = attention.Mixer };
        attention.Take(parts.Epsilon);
        var embedding = parts.Embedding(prefix + "embeddings.", c.OptionalInteger("type_vocab_size") ?? 0, positions: c.Flag("position_biased_input", otherwise: true));
        var convolution = Convolution(c, m, prefix, sizes.Hidden, parts.Epsilon);
        var blocks = Enumerable.Range(0, sizes.Layers).Select(i => parts.Block($"{prefix}encoder.layer.{i}.", i, Names, i == 0 ? convolution : null)).ToArray();
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = "deberta-v2", Embedding = embedding, Blocks = new BlockStack(blocks), Width = sizes.Hidden, Context = sizes.Context, Shape = parts.Shape,
            Head = context.Task switch
            {
                ModelTask.MaskedTokens => parts.Masked("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder", "cls.predictions.bias", embedding.Tokens)
                    ?? parts.Masked("lm_predictions.lm_head.dense", "lm_predictions.lm_head.LayerNorm", "lm_predictions.lm_head.decoder", "lm_predictions.lm_head.bias", embedding.Tokens),
                ModelTask.Labels => parts.Labels(parts.First("pooler.dense", ActivationKinds.Parse(c.OptionalText("pooler_hidden_act") ?? "gelu", c.Path)), "classifier"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }

    private static BlockConvolution? Convolution(ConfigurationJson c, ModuleBuilder m, string prefix, int hidden, double epsilon)
    {
        var (size, groups) = (c.OptionalInteger("conv_kernel_size") ?? 0, c.OptionalInteger("conv_groups") ?? 1);
        if (size <= 0)
            return null;
        if (size % 2 == 0 || groups < 1 || hidden % groups != 0)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has conv_kernel_size {size} and conv_groups {groups}; expected an odd size, and groups that divide hidden_size {hidden}"));
        var p = prefix + "encoder.conv.";
        return new BlockConvolution(m.Vector(p + "conv.weight", hidden, hidden / groups, size), m.Vector(p + "conv.bias", hidden), m.LayerNorm(p + "LayerNorm", hidden, epsilon),
            ActivationKinds.Parse(c.OptionalText("conv_act") ?? "tanh", c.Path), size, groups);
    }

    /// <summary>What attention is made of in every block.</summary>
    private sealed class Attention
    {
        private readonly ConfigurationJson c;
        private readonly ModuleBuilder m;
        private readonly DecoderSizes sizes;
        private readonly string prefix;
        private readonly bool queriesSee, keysSee, shared;
        private DisentangledPositions? positions;

        public Attention(ArchitectureContext context, DecoderSizes sizes, string prefix)
        {
            (c, m, this.sizes, this.prefix) = (context.Configuration, context.Modules, sizes, prefix);
            var types = c.Flag("relative_attention") ? Types() : [];
            (queriesSee, keysSee, shared) = (types.Contains("c2p"), types.Contains("p2c"), c.Flag("share_att_key"));
            var scores = 1 + (queriesSee ? 1 : 0) + (keysSee ? 1 : 0);
            Shape = sizes.Attention(causal: false, scale: (float)(1 / Math.Sqrt(sizes.HeadDim * scores)));
        }

        public Tensors.Kernels.AttentionShape Shape { get; }

        /// <summary>Takes what the blocks share.</summary>
        public void Take(double epsilon)
        {
            if (!c.Flag("relative_attention"))
                return;
            var largest = c.OptionalInteger("max_relative_positions") is { } given and > 0 ? given : sizes.Context;
            var buckets = Math.Max(0, c.OptionalInteger("position_buckets") ?? 0);
            var span = buckets > 0 ? buckets : largest;
            var table = m.Vector(prefix + "encoder.rel_embeddings.weight", 2 * span, sizes.Hidden);
            positions = new DisentangledPositions(table, Norm(epsilon), span) { Buckets = buckets, Largest = largest };
        }

        public SequenceMixer Mixer(int layer, LinearModule[] maps, LinearModule output)
        {
            if (positions is null)
                return new AttentionMixer(new LinearGroup(maps), output, Shape);
            LinearModule Own(string name) => m.Linear($"{prefix}encoder.layer.{layer}.attention.self.{name}", layer, sizes.Hidden, sizes.Hidden, bias: true);
            return new DisentangledMixer(maps, output, Shape, positions)
            {
                PositionKey = !queriesSee ? null : shared ? maps[1] : Own("pos_key_proj"),
                PositionQuery = !keysSee ? null : shared ? maps[0] : Own("pos_query_proj"),
            };
        }

        private NormModule? Norm(double epsilon) => (c.OptionalText("norm_rel_ebd") ?? "none") switch
        {
            "none" => null,
            "layer_norm" => m.LayerNorm(prefix + "encoder.LayerNorm", sizes.Hidden, epsilon),
            var other => throw new ModelFileException($"'{c.Path}' has norm_rel_ebd '{other}'; known are layer_norm and none"),
        };

        /// <summary>A list, or its texts with | between.</summary>
        private string[] Types()
        {
            var types = c.TextOrTexts("pos_att_type", '|');
            if (types.FirstOrDefault(t => t is not ("c2p" or "p2c")) is { } unknown)
                throw new ModelFileException($"'{c.Path}' has the pos_att_type '{unknown}'; known are c2p and p2c");
            return types;
        }
    }
}
