using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>RWKV's time mixing (Peng et al. 2023): a decaying weighted sum of values, gated by the receptance.</summary>
internal sealed class RwkvMixer : SequenceMixer
{
    public required TokenShift Shift { get; init; }

    public required VectorModule MixKey { get; init; }

    public required VectorModule MixValue { get; init; }

    public required VectorModule MixReceptance { get; init; }

    public required LinearModule Key { get; init; }

    public required LinearModule Value { get; init; }

    public required LinearModule Receptance { get; init; }

    /// <summary>log(−w), [1, C].</summary>
    public required VectorModule LogDecay { get; init; }

    /// <summary>What a key counts for at its own token besides, [1, C].</summary>
    public required VectorModule First { get; init; }

    public required LinearModule OutputMap { get; init; }

    /// <summary>Numerator, denominator and exponent of each channel.</summary>
    public required RecurrentState Sums { get; init; }

    public override Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites)
    {
        var before = Shift.Before(graph, x, batch);
        var k = Key.Apply(graph, TokenShift.Mix(graph, x, before, MixKey, sites), sites);
        var v = Value.Apply(graph, TokenShift.Mix(graph, x, before, MixValue, sites), sites);
        var r = graph.Sigmoid(Receptance.Apply(graph, TokenShift.Mix(graph, x, before, MixReceptance, sites), sites));
        var decay = graph.Scale(graph.Exp(LogDecay.Apply(graph, sites)), -1);
        var lengths = batch.Lengths();
        var state = Started(batch, Sums.Load(graph, batch));
        var y = graph.WeightedKeyValue(k, v, decay, First.Apply(graph, sites), lengths, state);
        Sums.Store(batch, state);
        return graph.Multiply(r, y);
    }

    public override Tensor Output(Graph graph, Tensor gathered, SiteSet? sites) => OutputMap.Apply(graph, gathered, sites);

    /// <summary>A state of zeros is that before the first token: its exponent is less than any other.</summary>
    private static Tensor Started(TokenBatch batch, Tensor state)
    {
        if (!state.IsEmpty)
            for (var i = 0; i < batch.Segments.Count; i++)
                if (batch.Segments[i].Past == 0)
                    state[i * WeightedKeyValueOperation.StateRows + 2].Fill(WeightedKeyValueOperation.NoExponent);
        return state;
    }
}
