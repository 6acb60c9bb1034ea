using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>RWKV's channel mixing (Peng et al. 2023): σ(r)·value(max(key, 0)²), over the token and the one before it.</summary>
internal sealed class RwkvFeed : BlockFeed
{
    public required TokenShift Shift { get; init; }

    public required VectorModule MixKey { get; init; }

    public required VectorModule MixReceptance { get; init; }

    public required LinearModule Key { get; init; }

    public required LinearModule Receptance { get; init; }

    public required LinearModule Value { get; init; }

    public override bool ReadsOtherTokens => true;

    public override Tensor Apply(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites)
    {
        var before = Shift.Before(graph, x, batch);
        var k = graph.SquaredRelu(Key.Apply(graph, TokenShift.Mix(graph, x, before, MixKey, sites), sites));
        var r = graph.Sigmoid(Receptance.Apply(graph, TokenShift.Mix(graph, x, before, MixReceptance, sites), sites));
        return graph.Multiply(r, Value.Apply(graph, k, sites));
    }
}
