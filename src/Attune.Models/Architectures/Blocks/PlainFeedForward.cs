using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>down(f(up(x))).</summary>
internal sealed class PlainFeedForward(LinearModule up, LinearModule down, ActivationKind activation) : FeedForward
{
    public override Tensor Apply(Graph graph, Tensor x, SiteSet? sites) => down.Apply(graph, graph.Activate(up.Apply(graph, x, sites), activation), sites);
}
