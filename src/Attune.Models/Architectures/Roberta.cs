using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>
/// RoBERTa (Liu et al. 2019) and the models of its form, XLM-RoBERTa (Conneau et al. 2020) and CamemBERT: BERT's blocks; positions begin behind the padding token's row
/// and count the other tokens; a classifier of two layers on the first token.
/// </summary>
internal sealed class Roberta : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["roberta", "xlm-roberta", "camembert"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("lm_head.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12);
        parts.RequireEncoder();
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "roberta.");
        var padding = c.OptionalInteger("pad_token_id") ?? 1;
        var embedding = parts.Embedding(prefix + "embeddings.", c.OptionalInteger("type_vocab_size") ?? 2, padding);
        var blocks = parts.Blocks(i => $"{prefix}encoder.layer.{i}.", new BlockNames());
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = c.Text("model_type"), Embedding = embedding, Blocks = blocks, Width = sizes.Hidden, Context = sizes.Context - padding - 1, Shape = parts.Shape,
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
