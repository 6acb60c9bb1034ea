using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>ALBERT (Lan et al. 2020): BERT's blocks, of which several share one set of weights, over embeddings narrower than the stream.</summary>
internal sealed class Albert : IArchitecture
{
    private static readonly BlockNames Names = new()
    {
        Query = "attention.query", Key = "attention.key", Value = "attention.value", Output = "attention.dense", MixerNorm = "attention.LayerNorm",
        Up = "ffn", Down = "ffn_output", FeedNorm = "full_layer_layer_norm",
    };

    public IReadOnlyList<string> ModelTypes => ["albert"];

    public bool IsHarmless(string tensor) =>
        tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("predictions.", StringComparison.Ordinal) || tensor.StartsWith("sop_classifier.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m, sizes) = (context.Configuration, context.Modules, DecoderSizes.Read(context.Configuration));
        var parts = new PostNormParts(context, sizes, epsilon: 1e-12, c.OptionalText("hidden_act") ?? "gelu_new");
        parts.RequireEncoder();
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "albert.");
        var width = c.OptionalInteger("embedding_size") ?? 128;
        var projection = m.Linear(prefix + "encoder.embedding_hidden_mapping_in", -1, sizes.Hidden, width, bias: true);
        var embedding = parts.Embedding(prefix + "embeddings.", c.OptionalInteger("type_vocab_size") ?? 2, width: width, projection: projection);
        var blocks = Blocks(context, parts, sizes, prefix);
        m.BeginHeads();
        var pooler = m.Has(prefix + "pooler.weight") || context.Task == ModelTask.Labels ? parts.First(prefix + "pooler", ActivationKind.Tanh) : null;
        return new StackedEncoder(m)
        {
            Name = "albert", Embedding = embedding, Blocks = blocks, Width = sizes.Hidden, Context = sizes.Context, Shape = parts.Shape, Pooler = pooler,
            Head = context.Task switch
            {
                ModelTask.MaskedTokens or ModelTask.PreTraining => parts.Masked("predictions.dense", "predictions.LayerNorm", "predictions.decoder", "predictions.bias", embedding.Tokens),
                ModelTask.Labels => parts.Labels(pooler, "classifier"),
                ModelTask.TokenLabels => parts.Labels(null, "classifier"),
                _ => null,
            },
        };
    }

    /// <summary>Layer i is of group i · groups / layers; each group is run through whole.</summary>
    private static BlockStack Blocks(ArchitectureContext context, PostNormParts parts, DecoderSizes sizes, string prefix)
    {
        var c = context.Configuration;
        var (groups, inner) = (c.OptionalInteger("num_hidden_groups") ?? 1, c.OptionalInteger("inner_group_num") ?? 1);
        if (groups < 1 || inner < 1 || groups > sizes.Layers)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {groups} groups of {inner} layers for {sizes.Layers} layers; expected at least one, and no more than layers"));
        var own = Enumerable.Range(0, groups).Select(g => Enumerable.Range(0, inner)
            .Select(j => parts.Block($"{prefix}encoder.albert_layer_groups.{g}.albert_layers.{j}.", g * inner + j, Names)).ToArray()).ToArray();
        return new BlockStack([.. Enumerable.Range(0, sizes.Layers).SelectMany(i => own[(int)(i / ((double)sizes.Layers / groups))])]);
    }
}
