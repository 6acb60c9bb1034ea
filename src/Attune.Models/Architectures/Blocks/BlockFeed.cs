using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The second part of a block.</summary>
internal abstract class BlockFeed
{
    /// <summary>Whether a token's result depends on other tokens too.</summary>
    public virtual bool ReadsOtherTokens => false;

    /// <summary>[M, Hidden] → [M, Hidden].</summary>
    public abstract Tensor Apply(Graph graph, Tensor x, TokenBatch batch, SiteSet? sites);
}
