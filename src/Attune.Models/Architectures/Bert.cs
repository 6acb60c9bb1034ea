using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>BERT (Devlin et al. 2019): learned positions and types, post-norm blocks of full attention with biases and a GELU feed-forward layer.</summary>
internal sealed class Bert : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["bert"];

    /// <summary>Buffers, heads of pre-training that the class does not use, and copies of the decoder's bias.</summary>
    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("cls.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12);
        parts.RequireEncoder();
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "bert.");
        var embedding = parts.Embedding(prefix + "embeddings.", c.OptionalInteger("type_vocab_size") ?? 2);
        var blocks = parts.Blocks(i => $"{prefix}encoder.layer.{i}.", new BlockNames());
        m.BeginHeads();
        var pooler = parts.Pooler(prefix + "pooler.dense");
        return new StackedEncoder(m)
        {
            Name = "bert", Embedding = embedding, Blocks = blocks, Width = sizes.Hidden, Context = sizes.Context, Shape = parts.Shape, Pooler = pooler,
            Head = context.Task switch
            {
                ModelTask.MaskedTokens or ModelTask.PreTraining => parts.Masked("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.decoder", "cls.predictions.bias", embedding.Tokens),
                ModelTask.Labels => parts.Labels(pooler ?? parts.First(prefix + "pooler.dense", ActivationKind.Tanh), "classifier"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }
}
