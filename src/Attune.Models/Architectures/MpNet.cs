using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>MPNet (Song et al. 2020): RoBERTa's positions and BERT's blocks, and a learned bias of attention by bucket of distance, which all blocks share.</summary>
internal sealed class MpNet : IArchitecture
{
    /// <summary>What the models were trained with, whatever the configuration says.</summary>
    private const int Buckets = 32, Largest = 128;

    private static readonly BlockNames Names = new()
    {
        Query = "attention.attn.q", Key = "attention.attn.k", Value = "attention.attn.v", Output = "attention.attn.o", MixerNorm = "attention.LayerNorm",
    };

    public IReadOnlyList<string> ModelTypes => ["mpnet"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("lm_head.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12);
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "mpnet.");
        var padding = c.OptionalInteger("pad_token_id") ?? 1;
        var embedding = parts.Embedding(prefix + "embeddings.", types: 0, padding);
        var blocks = parts.Blocks(i => $"{prefix}encoder.layer.{i}.", Names);
        var rows = c.OptionalInteger("relative_attention_num_buckets") ?? Buckets;
        if (rows < Buckets)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has relative_attention_num_buckets {rows}; MPNet uses {Buckets} whatever the configuration says"));
        var bias = new RelativeBias(m.Vector(prefix + "encoder.relative_attention_bias.weight", rows, sizes.Heads), Largest, bothWays: true) { Buckets = Buckets };
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = "mpnet", Embedding = embedding, Blocks = blocks, Bias = bias, Width = sizes.Hidden, Context = sizes.Context - padding - 1, Shape = parts.Shape,
            Pooler = parts.Pooler(prefix + "pooler.dense"),
            Head = context.Task switch
            {
                ModelTask.MaskedTokens => parts.Masked("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias", embedding.Tokens, ActivationKind.Gelu),
                ModelTask.Labels => parts.Labels(parts.First("classifier.dense", ActivationKind.Tanh), "classifier.out_proj"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }
}
