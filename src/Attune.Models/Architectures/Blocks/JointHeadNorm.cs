using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A norm over all heads together (OLMo 2).</summary>
internal sealed class JointHeadNorm(NormModule norm) : IHeadNorm
{
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites) => norm.Apply(graph, x, sites);
}
