using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A feed-forward layer: it works on each token alone.</summary>
internal abstract class FeedForward : BlockFeed
{
    /// <summary>[M, Hidden] → [M, Hidden].</summary>
    public abstract Tensor Apply(Graph graph, Tensor x, SiteSet? sites);

    public sealed override Tensor Apply(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites) => Apply(graph, x, sites);
}
