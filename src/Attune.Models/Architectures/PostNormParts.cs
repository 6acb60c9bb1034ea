using Attune.Models.Architectures.Blocks;
using Attune.Models.Files;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// What BERT and its kin are put together from: learned positions, blocks of full attention and a plain feed-forward layer with biases everywhere and a norm behind each
/// sum, and heads. An architecture's file says names and what differs.
/// </summary>
internal sealed class PostNormParts(ArchitectureContext context, DecoderSizes sizes, double epsilon, string? activation = null)
{
    private readonly ModuleBuilder m = context.Modules;

    public double Epsilon { get; } = context.Configuration.OptionalNumber("layer_norm_eps") ?? epsilon;

    public ActivationKind Activation { get; } = ActivationKinds.Parse(activation ?? context.Configuration.OptionalText("hidden_act") ?? "gelu", context.Configuration.Path);

    public AttentionShape Shape { get; init; } = sizes.Attention(causal: false);

    /// <summary>The mixer out of query, key and value, and the output map; null: plain attention.</summary>
    public Func<int, LinearModule[], LinearModule, SequenceMixer>? Mixer { get; init; }

    /// <summary>Embeddings of tokens, positions and, where there are, types, as wide as <paramref name="width"/>, then a norm.</summary>
    /// <param name="p">What stands before "word_embeddings".</param>
    /// <param name="padding">The token that is not counted, behind whose row positions begin; null: they begin at row 0.</param>
    public TokenEmbedding Embedding(string p, int types, int? padding = null, int? width = null, LinearModule? projection = null, bool positions = true)
    {
        var columns = width ?? sizes.Hidden;
        return new TokenEmbedding(m.Table(p + "word_embeddings.weight", sizes.Vocabulary, columns))
        {
            Positions = positions ? m.Table(p + "position_embeddings.weight", sizes.Context, columns) : null,
            PositionOffset = padding + 1 ?? 0,
            Padding = padding,
            Types = types > 0 ? m.Table(p + "token_type_embeddings.weight", types, columns) : null,
            Norm = m.LayerNorm(p + "LayerNorm", columns, Epsilon),
            Projection = projection,
        };
    }

    /// <summary>A map from narrower embeddings to the stream; null where they are as wide.</summary>
    public LinearModule? Projection(string name, int width) => width == sizes.Hidden ? null : m.Linear(name, -1, sizes.Hidden, width, bias: true);

    public BlockStack Blocks(Func<int, string> prefix, BlockNames names) => new([.. Enumerable.Range(0, sizes.Layers).Select(i => Block(prefix(i), i, names))]);

    public TransformerBlock Block(string p, int layer, BlockNames names, BlockConvolution? convolution = null)
    {
        LinearModule[] maps = [Square(p + names.Query, layer), Square(p + names.Key, layer), Square(p + names.Value, layer)];
        var output = Square(p + names.Output, layer);
        var mixer = Mixer?.Invoke(layer, maps, output) ?? new AttentionMixer(new LinearGroup(maps), output, Shape);
        var mixerNorm = m.LayerNorm(p + names.MixerNorm, sizes.Hidden, Epsilon);
        var up = m.Linear(p + names.Up, layer, sizes.Intermediate, sizes.Hidden, bias: true);
        var down = m.Linear(p + names.Down, layer, sizes.Hidden, sizes.Intermediate, bias: true);
        var feedNorm = m.LayerNorm(p + names.FeedNorm, sizes.Hidden, Epsilon);
        return new TransformerBlock(mixer, new PlainFeedForward(up, down, Activation)) { AfterMixerSum = mixerNorm, AfterFeedSum = feedNorm, Convolution = convolution };
    }

    /// <summary>f(dense) of the first token's state; null where the file has none, as a class without a pooler writes it.</summary>
    public PoolingHead? Pooler(string name, ActivationKind kind = ActivationKind.Tanh) => m.Has(name + ".weight") ? First(name, kind) : null;

    /// <summary>f(dense) of the first token's state.</summary>
    public PoolingHead First(string name, ActivationKind kind) => new(Square(name, -1), kind);

    /// <summary>
    /// The head of a masked-language model; null where the file has none: folders of sentence encoders name the class that they were trained from, whose head they
    /// left out.
    /// </summary>
    /// <param name="bias">Full name of the decoder's bias.</param>
    public MaskedTokenHead? Masked(string dense, string norm, string decoder, string bias, TableModule tokens, ActivationKind? kind = null)
    {
        if (!m.HasHead(dense + ".weight"))
            return null;
        var map = m.Linear(dense, -1, tokens.Columns, sizes.Hidden, bias: true);
        var normed = m.LayerNorm(norm, tokens.Columns, Epsilon);
        var tied = context.Configuration.Flag("tie_word_embeddings", otherwise: true);
        return new MaskedTokenHead(map, kind ?? Activation, normed, m.Head(decoder, tokens, tied, bias: true, bias));
    }

    /// <summary>Scores of labels, from a pooled state or, without one, for each token.</summary>
    public LabelHead Labels(HeadModule? pooling, string name, bool bias = true) => context.Labels(pooling, name, sizes.Hidden, bias);

    /// <exception cref="ModelFileException">The configuration asks for what this architecture does not do.</exception>
    public void RequireEncoder()
    {
        var c = context.Configuration;
        if (c.OptionalText("position_embedding_type") is { } positions and not "absolute")
            throw new ModelFileException($"'{c.Path}' has position embeddings '{positions}'; known is absolute");
        if (c.Flag("is_decoder") || c.Flag("add_cross_attention"))
            throw new ModelFileException($"'{c.Path}' uses '{c.Text("model_type")}' as a decoder; known is the encoder");
    }

    private LinearModule Square(string name, int layer) => m.Linear(name, layer, sizes.Hidden, sizes.Hidden, bias: true);
}
