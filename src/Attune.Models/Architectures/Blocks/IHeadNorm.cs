using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A norm of queries or keys: over all heads together, or over each head.</summary>
internal interface IHeadNorm
{
    /// <summary>[M, heads · headDim] → the same.</summary>
    Tensor Apply(Graph graph, Tensor x, SiteSet? sites);
}
