using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The part of a block that works on each token alone.</summary>
internal abstract class FeedForward
{
    /// <summary>[M, Hidden] → [M, Hidden].</summary>
    public abstract Tensor Apply(Graph graph, Tensor x, SiteSet? sites);
}
