using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// Mamba-2's state space (Dao and Gu 2024): one decay for each head of channels, input and output weights shared by groups of heads; the gated result is normed group by group.
/// </summary>
internal sealed class Mamba2Mixer : SequenceMixer
{
    /// <summary>From the stream to gate, channels with B and C of each group, and a step for each head.</summary>
    public required LinearModule Input { get; init; }

    /// <summary>[C + 2·groups·N, k] and [1, the same].</summary>
    public required VectorModule Convolution { get; init; }

    public VectorModule? ConvolutionBias { get; init; }

    /// <summary>[1, heads].</summary>
    public required VectorModule StepBias { get; init; }

    /// <summary>log(−A), [1, heads].</summary>
    public required VectorModule LogDecay { get; init; }

    /// <summary>[1, heads].</summary>
    public required VectorModule Skip { get; init; }

    /// <summary>Of the root-mean-square norm of the gated result, group by group.</summary>
    public required VectorModule NormWeight { get; init; }

    public required float Epsilon { get; init; }

    public required LinearModule OutputMap { get; init; }

    public required int HeadDim { get; init; }

    public required int Groups { get; init; }

    /// <summary>Width of a state.</summary>
    public required int StateSize { get; init; }

    /// <summary>Bounds of the step after softplus.</summary>
    public (float Low, float High) StepLimits { get; init; } = (0, float.PositiveInfinity);

    /// <summary>The k − 1 last inputs of the convolution, and for each group the states [C / groups, N].</summary>
    public required RecurrentState Inputs { get; init; }

    public required IReadOnlyList<RecurrentState> States { get; init; }

    /// <summary>By group; made once.</summary>
    private (ColumnRun[] Each, int[] Spread)[]? places;

    private int HeadCount => StepBias.Length;

    private int Channels => HeadCount * HeadDim;

    public override Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites)
    {
        var all = Input.Apply(graph, x, sites);
        var mixed = Channels + 2 * Groups * StateSize;
        var input = graph.SliceColumns(all, Channels, mixed);
        var lengths = batch.Lengths();
        var u = graph.Silu(graph.CausalConvolution(input, Convolution.Apply(graph, sites), ConvolutionBias?.Apply(graph, sites) ?? default, lengths, Inputs.Load(graph, batch)));
        Inputs.StoreLast(batch, input);
        var delta = graph.Softplus(graph.AddBias(graph.SliceColumns(all, Channels + mixed, HeadCount), StepBias.Apply(graph, sites)));
        if (StepLimits.Low > 0 || !float.IsPositiveInfinity(StepLimits.High))
            delta = graph.Clamp(delta, StepLimits.Low, StepLimits.High);
        var decay = graph.Scale(graph.Exp(LogDecay.Apply(graph, sites)), -1);
        var skip = Skip.Apply(graph, sites);
        var weight = NormWeight.Apply(graph, sites);
        var parts = new Tensor[Groups];
        for (var g = 0; g < Groups; g++)
        {
            var width = Channels / Groups;
            var gated = graph.SwiGlu(graph.SliceColumns(all, g * width, width), Scanned(graph, g, u, delta, decay, skip, batch, lengths));
            parts[g] = graph.RmsNorm(gated, graph.SliceColumns(weight, g * width, width), Epsilon);
        }
        return Groups == 1 ? parts[0] : graph.ConcatColumns(parts);
    }

    public override Tensor Output(Graph graph, Tensor gathered, SiteSet? sites) => OutputMap.Apply(graph, gathered, sites);

    /// <summary>For each channel of a group its head, and for each of its states too.</summary>
    private (ColumnRun[] Each, int[] Spread) PlacesOf(int g)
    {
        var heads = HeadCount / Groups;
        var each = new ColumnRun[heads * HeadDim];
        for (var i = 0; i < each.Length; i++)
            each[i] = new ColumnRun(g * heads + i / HeadDim, 1);
        var spread = new int[each.Length * StateSize];
        for (var i = 0; i < spread.Length; i++)
            spread[i] = g * heads + i / StateSize / HeadDim;
        return (each, spread);
    }

    /// <summary>The heads of a group, whose channels read the same B and C.</summary>
    private Tensor Scanned(Graph graph, int g, Tensor u, Tensor delta, Tensor decay, Tensor skip, TokenBatch batch, ReadOnlySpan<int> lengths)
    {
        var channels = Channels / Groups;
        var (each, spread) = (places ??= [.. Enumerable.Range(0, Groups).Select(PlacesOf)])[g];
        var state = States[g].Load(graph, batch);
        var y = graph.SelectiveScan(
            graph.SliceColumns(u, g * channels, channels),
            graph.GatherColumns(delta, each),
            graph.GatherElements(decay, spread, channels, StateSize),
            graph.SliceColumns(u, Channels + g * StateSize, StateSize),
            graph.SliceColumns(u, Channels + (Groups + g) * StateSize, StateSize),
            graph.GatherColumns(skip, each), lengths, state);
        States[g].Store(batch, state);
        return y;
    }
}
