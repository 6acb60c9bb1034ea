using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>down(f(gate(x)) · up(x)) (Shazeer 2020).</summary>
/// <param name="maps">Gate and up.</param>
internal sealed class GatedFeedForward(IMaps maps, LinearModule down, ActivationKind activation) : FeedForward
{
    public override Tensor Apply(Graph graph, Tensor x, SiteSet? sites)
    {
        Span<Tensor> both = [default, default];
        maps.Apply(graph, x, sites, both);
        var h = activation == ActivationKind.Silu ? graph.SwiGlu(both[0], both[1]) : graph.Multiply(graph.Activate(both[0], activation), both[1]);
        return down.Apply(graph, h, sites);
    }
}
