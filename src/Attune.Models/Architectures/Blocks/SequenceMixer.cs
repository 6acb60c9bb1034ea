using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>The part of a block in which tokens read one another: attention of some kind, or a state space.</summary>
internal abstract class SequenceMixer
{
    /// <summary>
    /// What the mixer has gathered for each token, before its output map: [M, C] → [M, heads · headDim]. New keys and values (or states) go
    /// to the segments' caches.
    /// </summary>
    public abstract Tensor Gather(Graph graph, int layer, Tensor x, TokenBatch batch, ReadOnlySpan<int> positions, SiteSet? sites);

    /// <summary>The map back to the residual stream.</summary>
    public abstract Tensor Output(Graph graph, Tensor gathered, SiteSet? sites);
}
