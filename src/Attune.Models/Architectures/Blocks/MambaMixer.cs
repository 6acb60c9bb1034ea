using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>
/// A selective state space (Gu and Dao 2023): a causal convolution of each channel, then a recurrence whose step, input and output weights come from the
/// token itself; gated.
/// </summary>
internal sealed class MambaMixer : SequenceMixer
{
    /// <summary>From the stream to channels and gate.</summary>
    public required LinearModule Input { get; init; }

    /// <summary>[C, k] and [1, C].</summary>
    public required VectorModule Convolution { get; init; }

    public VectorModule? ConvolutionBias { get; init; }

    /// <summary>From a channel's values to the narrow step, B and C.</summary>
    public required LinearModule Selection { get; init; }

    /// <summary>From the narrow step to one for each channel.</summary>
    public required LinearModule Step { get; init; }

    /// <summary>log(−A), [C, N].</summary>
    public required VectorModule LogDecay { get; init; }

    /// <summary>[1, C].</summary>
    public required VectorModule Skip { get; init; }

    public required LinearModule OutputMap { get; init; }

    /// <summary>The k − 1 last inputs of the convolution, and the states [C, N].</summary>
    public required RecurrentState Inputs { get; init; }

    public required RecurrentState States { get; init; }

    public override Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites)
    {
        var (channels, states) = (Skip.Length, LogDecay.Value.Columns);
        var both = Input.Apply(graph, x, sites);
        var input = graph.SliceColumns(both, 0, channels);
        var lengths = batch.Lengths();
        var u = graph.Silu(graph.CausalConvolution(input, Convolution.Apply(graph, sites), ConvolutionBias?.Apply(graph, sites) ?? default, lengths, Inputs.Load(graph, batch)));
        Inputs.StoreLast(batch, input);
        var chosen = Selection.Apply(graph, u, sites);
        var rank = chosen.Columns - 2 * states;
        var delta = graph.Softplus(Step.Apply(graph, graph.SliceColumns(chosen, 0, rank), sites));
        var decay = graph.Scale(graph.Exp(LogDecay.Apply(graph, sites)), -1);
        var state = States.Load(graph, batch);
        var y = graph.SelectiveScan(u, delta, decay, graph.SliceColumns(chosen, rank, states), graph.SliceColumns(chosen, rank + states, states), Skip.Apply(graph, sites), lengths, state);
        States.Store(batch, state);
        return graph.SwiGlu(graph.SliceColumns(both, channels, channels), y);
    }

    public override Tensor Output(Graph graph, Tensor gathered, SiteSet? sites) => OutputMap.Apply(graph, gathered, sites);
}
