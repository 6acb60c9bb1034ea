using Attune.Models.Architectures.Blocks;

namespace Attune.Models.Architectures;

/// <summary>DistilBERT (Sanh et al. 2019): BERT's blocks under other names, without types and pooler.</summary>
internal sealed class DistilBert : IArchitecture
{
    private static readonly BlockNames Names = new()
    {
        Query = "attention.q_lin", Key = "attention.k_lin", Value = "attention.v_lin", Output = "attention.out_lin", MixerNorm = "sa_layer_norm",
        Up = "ffn.lin1", Down = "ffn.lin2", FeedNorm = "output_layer_norm",
    };

    public IReadOnlyList<string> ModelTypes => ["distilbert"];

    public bool IsHarmless(string tensor) => tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("vocab_", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var (hidden, heads) = (c.Integer("dim", "hidden_size"), c.Integer("n_heads", "num_attention_heads"));
        var sizes = new DecoderSizes
        {
            Hidden = hidden, Heads = heads, KvHeads = heads, HeadDim = hidden / Math.Max(1, heads), Intermediate = c.Integer("hidden_dim", "intermediate_size"),
            Layers = c.Integer("n_layers", "num_hidden_layers"), Vocabulary = c.Positive("vocab_size"), Context = c.OptionalInteger("max_position_embeddings") ?? 512,
        }.Checked(c);
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12, c.OptionalText("activation"));
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "distilbert.");
        var embedding = parts.Embedding(prefix + "embeddings.", types: 0);
        var blocks = parts.Blocks(i => $"{prefix}transformer.layer.{i}.", Names);
        m.BeginHeads();
        return new StackedEncoder(m)
        {
            Name = "distilbert", Embedding = embedding, Blocks = blocks, Width = sizes.Hidden, Context = sizes.Context, Shape = parts.Shape,
            Head = context.Task switch
            {
                ModelTask.MaskedTokens => parts.Masked("vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector.bias", embedding.Tokens),
                ModelTask.Labels => parts.Labels(parts.First("pre_classifier", ActivationKind.Relu), "classifier"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }
}
