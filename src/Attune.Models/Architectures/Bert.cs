using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;

namespace Attune.Models.Architectures;

/// <summary>BERT (Devlin et al. 2019): learned positions and types, post-norm blocks of full attention with biases and a GELU feed-forward layer.</summary>
internal sealed class Bert : IArchitecture
{
    public IReadOnlyList<string> ModelTypes => ["bert"];

    public bool IsHarmless(string tensor) =>
        tensor.Contains("pooler.", StringComparison.Ordinal) || tensor.EndsWith("position_ids", StringComparison.Ordinal) || tensor.StartsWith("cls.", StringComparison.Ordinal);

    public TransformerModel Create(ArchitectureContext context)
    {
        var (c, m) = (context.Configuration, context.Modules);
        var sizes = DecoderSizes.Read(c);
        if (c.OptionalText("position_embedding_type") is { } positions and not "absolute")
            throw new ModelFileException($"'{c.Path}' has position embeddings '{positions}'; known is absolute");
        var prefix = context.Prefix("embeddings.word_embeddings.weight", "", "bert.");
        var epsilon = c.OptionalNumber("layer_norm_eps") ?? 1e-12;
        var activation = ActivationKinds.Parse(c.OptionalText("hidden_act") ?? "gelu", c.Path);
        var shape = sizes.Attention(causal: false);
        var embedding = new TokenEmbedding(m.Table(prefix + "embeddings.word_embeddings.weight", sizes.Vocabulary, sizes.Hidden))
        {
            Positions = m.Table(prefix + "embeddings.position_embeddings.weight", sizes.Context, sizes.Hidden),
            Types = m.Table(prefix + "embeddings.token_type_embeddings.weight", c.OptionalInteger("type_vocab_size") ?? 2, sizes.Hidden),
            Norm = m.LayerNorm(prefix + "embeddings.LayerNorm", sizes.Hidden, epsilon),
        };
        var blocks = Enumerable.Range(0, sizes.Layers).Select(i =>
        {
            var p = $"{prefix}encoder.layer.{i}.";
            var maps = new LinearGroup(
                m.Linear(p + "attention.self.query", i, sizes.Hidden, sizes.Hidden, bias: true),
                m.Linear(p + "attention.self.key", i, sizes.Hidden, sizes.Hidden, bias: true),
                m.Linear(p + "attention.self.value", i, sizes.Hidden, sizes.Hidden, bias: true));
            var output = m.Linear(p + "attention.output.dense", i, sizes.Hidden, sizes.Hidden, bias: true);
            var mixerNorm = m.LayerNorm(p + "attention.output.LayerNorm", sizes.Hidden, epsilon);
            var up = m.Linear(p + "intermediate.dense", i, sizes.Intermediate, sizes.Hidden, bias: true);
            var down = m.Linear(p + "output.dense", i, sizes.Hidden, sizes.Intermediate, bias: true);
            var feedNorm = m.LayerNorm(p + "output.LayerNorm", sizes.Hidden, epsilon);
            return new TransformerBlock(new AttentionMixer(maps, output, shape), new PlainFeedForward(up, down, activation))
            {
                AfterMixerSum = mixerNorm, AfterFeedSum = feedNorm,
            };
        }).ToArray();
        return new StackedEncoder(m)
        {
            Name = "bert", Embedding = embedding, Blocks = new BlockStack(blocks), Width = sizes.Hidden, Context = sizes.Context, Shape = shape,
        };
    }
}
