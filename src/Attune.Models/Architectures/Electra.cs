using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>ELECTRA (Clark et al. 2020): BERT's blocks over embeddings that may be narrower; trained to tell replaced tokens, by a generator of the same form.</summary>
internal sealed class Electra : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["electra"];

    /// <summary>Buffers, and the heads of pre-training that the class does not use.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal)
        || tensor.StartsWith("discriminator_predictions.", StringComparison.Ordinal) || tensor.StartsWith("generator_", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12);
        parts.RequireEncoder();
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "electra.");
        var width = c.OptionalInteger("embedding_size") ?? 128;
        var embedding = parts.Embedding(prefix + "embeddings.", c.OptionalInteger("type_vocab_size") ?? 2, width: width, projection: parts.Projection(prefix + "embeddings_project", width));
        var blocks = parts.Blocks(i => $"{prefix}encoder.layer.{i}.", new BlockNames());
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = "electra", Embedding = embedding, Blocks = blocks, Width = sizes.Hidden, Context = sizes.Context, Shape = parts.Shape,
            Head = context.Task switch
            {
                ModelTask.PreTraining => new DiscriminatorHead(
                    m.Linear("discriminator_predictions.dense", -1, sizes.Hidden, sizes.Hidden, bias: true), parts.Activation,
                    m.Linear("discriminator_predictions.dense_prediction", -1, 1, sizes.Hidden, bias: true)),
                ModelTask.MaskedTokens => parts.Masked("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head", "generator_lm_head.bias", embedding.Tokens, ActivationKind.Gelu),
                ModelTask.Labels => parts.Labels(parts.First("classifier.dense", ActivationKind.Gelu), "classifier.out_proj"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }
}
