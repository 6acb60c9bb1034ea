using Attune.Models.Files;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>The sizes of a model, under the names that most configurations have.</summary>
internal sealed record DecoderSizes
{
    public required int Hidden { get; init; }
    public required int Intermediate { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }
    public required int KvHeads { get; init; }
    public required int HeadDim { get; init; }
    public required int Vocabulary { get; init; }
    public required int Context { get; init; }

    /// <summary>Columns of the queries.</summary>
    public int QueryWidth => Heads * HeadDim;

    /// <summary>Columns of the keys.</summary>
    public int KeyWidth => KvHeads * HeadDim;

    /// <param name="headDim">Dimensions of a head where the configuration has no such key, in the classes that do not take hidden_size / heads.</param>
    /// <exception cref="ModelFileException">A size is missing, or heads do not fit one another.</exception>
    public static DecoderSizes Read(ConfigurationJson c, int? headDim = null)
    {
        var hidden = c.Positive("hidden_size");
        var heads = c.Positive("num_attention_heads");
        return new DecoderSizes
        {
            Hidden = hidden, Heads = heads,
            Intermediate = c.Positive("intermediate_size"),
            Layers = c.Positive("num_hidden_layers"),
            KvHeads = c.OptionalInteger("num_key_value_heads") ?? heads,
            HeadDim = c.OptionalInteger("head_dim") ?? (c.Mentions("head_dim") ? null : headDim) ?? hidden / heads,
            Vocabulary = c.Positive("vocab_size"),
            Context = c.Positive("max_position_embeddings"),
        }.Checked(c);
    }

    /// <summary>Attention over these heads, scaled by 1/√HeadDim where nothing else is said.</summary>
    public AttentionShape Attention(bool causal = true, int window = 0, float? scale = null, float softCap = 0) =>
        new(Heads, KvHeads, HeadDim, scale ?? 1 / MathF.Sqrt(HeadDim), causal, window, softCap);

    public DecoderSizes Checked(ConfigurationJson c)
    {
        if (KvHeads < 1 || HeadDim < 1 || Heads % KvHeads != 0)
            throw new ModelFileException(FormattableString.Invariant($"'{c.Path}' has {Heads} attention heads over {KvHeads} heads of keys, of {HeadDim} dimensions; the first must be a multiple of the second, and all positive"));
        return this;
    }
}
