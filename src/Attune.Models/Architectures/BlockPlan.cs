using Attune.Models.Architectures.Blocks;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures;

/// <summary>
/// What the blocks of a decoder are made of, and the names of their parts in a checkpoint (behind those of the layer). The defaults are Llama's; a name
/// that is null says that the part is not there.
/// </summary>
internal sealed record BlockPlan
{
    public required NormPlan Norm { get; init; }

    public string? BeforeMixer { get; init; } = "input_layernorm";
    public string? AfterMixer { get; init; }
    public string? AfterMixerSum { get; init; }
    public string? BeforeFeed { get; init; } = "post_attention_layernorm";
    public string? AfterFeed { get; init; }
    public string? AfterFeedSum { get; init; }

    /// <inheritdoc cref="TransformerBlock.Parallel"/>
    public bool Parallel { get; init; }

    /// <inheritdoc cref="TransformerBlock.NormedResidual"/>
    public bool NormedResidual { get; init; }

    /// <inheritdoc cref="TransformerBlock.ResidualScale"/>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Names of query, key and value, or the one name of all three.</summary>
    public IReadOnlyList<string> Attention { get; init; } = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];

    /// <summary>Where query, key and value are one map: whether they lie group by group (<see cref="FusedMaps.ByGroup"/>) rather than one behind the other.</summary>
    public bool Grouped { get; init; }

    public bool AttentionBias { get; init; }

    /// <summary>0, or the bound of queries, keys and values.</summary>
    public float Clip { get; init; }

    public string Output { get; init; } = "self_attn.o_proj";

    public bool OutputBias { get; init; }

    /// <summary>Norms of queries and keys out of the layer's name and the number of heads; null: none.</summary>
    public Func<string, int, IHeadNorm>? QueryNorm { get; init; }

    /// <inheritdoc cref="QueryNorm"/>
    public Func<string, int, IHeadNorm>? KeyNorm { get; init; }

    /// <summary>What attention computes in a layer; null: the plain causal shape everywhere.</summary>
    public Func<int, AttentionShape>? Shape { get; init; }

    /// <summary>What turns queries and keys in a layer.</summary>
    public Func<int, Rotary?> Rotary { get; init; } = _ => null;

    public AlibiBias? Alibi { get; init; }

    /// <summary>The gate of the feed-forward layer; null: it has none. The same as <see cref="Up"/>: gate and up are one map, one behind the other.</summary>
    public string? Gate { get; init; } = "mlp.gate_proj";

    public string Up { get; init; } = "mlp.up_proj";

    public string Down { get; init; } = "mlp.down_proj";

    public bool FeedBias { get; init; }

    public ActivationKind Activation { get; init; } = ActivationKind.Silu;

    /// <summary>Another feed-forward layer, out of the layer and its name; null, or where it gives null: the one that the names above say.</summary>
    public Func<int, string, FeedForward?>? Feed { get; init; }

    /// <summary>Maps of the blocks are stored as [inputs, outputs].</summary>
    public bool Transposed { get; init; }

    /// <summary>The block of a layer.</summary>
    /// <param name="prefix">What stands before the parts' names.</param>
    public TransformerBlock Create(ModuleBuilder m, int layer, string prefix, DecoderSizes sizes)
    {
        var beforeMixer = Norm.Create(m, prefix, BeforeMixer, sizes.Hidden);
        var maps = Maps(m, layer, prefix, sizes);
        if (Clip > 0)
            maps = new ClippedMaps(maps, Clip);
        var (queryNorm, keyNorm) = (QueryNorm?.Invoke(prefix, sizes.Heads), KeyNorm?.Invoke(prefix, sizes.KvHeads));
        var output = m.Linear(prefix + Output, layer, sizes.Hidden, sizes.QueryWidth, OutputBias, Transposed);
        var (afterMixer, afterMixerSum) = (Norm.Create(m, prefix, AfterMixer, sizes.Hidden), Norm.Create(m, prefix, AfterMixerSum, sizes.Hidden));
        var mixer = new AttentionMixer(maps, output, Shape?.Invoke(layer) ?? sizes.Attention())
        {
            QueryNorm = queryNorm, KeyNorm = keyNorm, Rotary = Rotary(layer), Alibi = Alibi,
        };
        var beforeFeed = Norm.Create(m, prefix, BeforeFeed, sizes.Hidden);
        var feed = Feed?.Invoke(layer, prefix) ?? PlainFeed(m, layer, prefix, sizes);
        return new TransformerBlock(mixer, feed)
        {
            BeforeMixer = beforeMixer, AfterMixer = afterMixer, AfterMixerSum = afterMixerSum, BeforeFeed = beforeFeed,
            AfterFeed = Norm.Create(m, prefix, AfterFeed, sizes.Hidden), AfterFeedSum = Norm.Create(m, prefix, AfterFeedSum, sizes.Hidden),
            Parallel = Parallel, NormedResidual = NormedResidual, ResidualScale = ResidualScale,
        };
    }

    private IMaps Maps(ModuleBuilder m, int layer, string prefix, DecoderSizes sizes)
    {
        if (Attention is [var fused])
        {
            var map = m.Linear(prefix + fused, layer, sizes.QueryWidth + 2 * sizes.KeyWidth, sizes.Hidden, AttentionBias, Transposed);
            return Grouped ? FusedMaps.ByGroup(map, sizes.Heads, sizes.KvHeads, sizes.HeadDim) : FusedMaps.SideBySide(map, sizes.QueryWidth, sizes.KeyWidth, sizes.KeyWidth);
        }
        LinearModule Map(int i, int width) => m.Linear(prefix + Attention[i], layer, width, sizes.Hidden, AttentionBias, Transposed);
        return new LinearGroup(Map(0, sizes.QueryWidth), Map(1, sizes.KeyWidth), Map(2, sizes.KeyWidth));
    }

    private FeedForward PlainFeed(ModuleBuilder m, int layer, string prefix, DecoderSizes sizes)
    {
        LinearModule Map(string name, int outputs) => m.Linear(prefix + name, layer, outputs, sizes.Hidden, FeedBias, Transposed);
        LinearModule Back() => m.Linear(prefix + Down, layer, sizes.Hidden, sizes.Intermediate, FeedBias, Transposed);
        if (Gate is null)
            return new PlainFeedForward(Map(Up, sizes.Intermediate), Back(), Activation);
        IMaps both = Gate == Up
            ? FusedMaps.SideBySide(Map(Up, 2 * sizes.Intermediate), sizes.Intermediate, sizes.Intermediate)
            : new LinearGroup(Map(Gate, sizes.Intermediate), Map(Up, sizes.Intermediate));
        return new GatedFeedForward(both, Back(), Activation);
    }
}
