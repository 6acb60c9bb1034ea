using Attune.Models.Architectures.Blocks;
using Attune.Models.Loading;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>Blocks of images and of the texts beside them: attention of separate maps with biases and a plain feed-forward layer, each behind a norm.</summary>
internal sealed class PreNormBlocks(ModuleBuilder m, ConfigurationJson c, double epsilon)
{
    /// <summary>The names in CLIP, SigLIP and what is made of them.</summary>
    private static readonly BlockNames ClipNames = new()
    {
        Query = "self_attn.q_proj", Key = "self_attn.k_proj", Value = "self_attn.v_proj", Output = "self_attn.out_proj", MixerNorm = "layer_norm1", Up = "mlp.fc1", Down = "mlp.fc2",
        FeedNorm = "layer_norm2",
    };

    private readonly int heads = c.Positive("num_attention_heads");

    public int Hidden { get; } = c.Positive("hidden_size");

    public int Intermediate { get; } = c.Positive("intermediate_size");

    public int Count { get; } = c.Positive("num_hidden_layers");

    public double Epsilon { get; } = c.OptionalNumber("layer_norm_eps") ?? epsilon;

    public ActivationKind Activation { get; } = ActivationKinds.Parse(c.Text("hidden_act"), c.Path);

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>A token sees those before it alone.</summary>
    public bool Causal { get; init; }

    /// <summary>Number of the first block among all that sites reach; null: they reach none.</summary>
    public int? First { get; init; } = 0;

    public AttentionShape Shape => new DecoderSizes
    {
        Hidden = Hidden, Intermediate = Intermediate, Layers = Count, Heads = heads, KvHeads = heads, HeadDim = Hidden / Math.Max(1, heads), Vocabulary = 1, Context = 1,
    }.Checked(c).Attention(Causal);

    public NormModule Norm(string name) => m.LayerNorm(name, Hidden, Epsilon);

    /// <param name="prefix">What stands before a block's number.</param>
    /// <param name="used">Blocks that are run; null: all.</param>
    public BlockStack Build(string prefix, BlockNames? names = null, int? used = null)
    {
        var blocks = Enumerable.Range(0, Count).Select(i => Block($"{prefix}{i}.", First + i ?? -1, names ?? ClipNames)).ToArray();
        return new BlockStack(blocks[..(used ?? Count)]) { First = First ?? 0 };
    }

    /// <summary>A map to the wider layer, the activation, a map back.</summary>
    public PlainFeedForward Feed(string up, string down, int layer) =>
        new(m.Linear(up, layer, Intermediate, Hidden, bias: true), m.Linear(down, layer, Hidden, Intermediate, bias: true), Activation);

    private TransformerBlock Block(string p, int layer, BlockNames names)
    {
        var mixerNorm = Norm(p + names.MixerNorm);
        var maps = new LinearGroup(Square(p + names.Query, layer, Bias), Square(p + names.Key, layer, Bias), Square(p + names.Value, layer, Bias));
        var mixer = new AttentionMixer(maps, Square(p + names.Output, layer, bias: true), Shape);
        var feedNorm = Norm(p + names.FeedNorm);
        return new TransformerBlock(mixer, Feed(p + names.Up, p + names.Down, layer)) { BeforeMixer = mixerNorm, BeforeFeed = feedNorm };
    }

    private LinearModule Square(string name, int layer, bool bias) => m.Linear(name, layer, Hidden, Hidden, bias);
}
