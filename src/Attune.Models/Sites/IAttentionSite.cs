using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Kernels;

namespace Attune.Models.Sites;

/// <summary>An intervention on what a layer's attention has gathered, which sees the queries too.</summary>
public interface IAttentionSite
{
    /// <summary>The heads' outputs side by side to go on with [M, heads · headDim].</summary>
    /// <param name="queries">As attention took them: normed and turned.</param>
    /// <param name="shape">What attention computes in this layer.</param>
    Tensor Gathered(Graph graph, Tensor queries, Tensor gathered, AttentionShape shape, TokenBatch batch);
}
