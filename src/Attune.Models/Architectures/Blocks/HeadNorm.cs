using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A norm of each head alone, with the same weight for all heads (Qwen3, Gemma 3).</summary>
internal sealed class HeadNorm(NormModule norm, int headDim) : IHeadNorm
{
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites) =>
        norm.Apply(graph, x.Reshape(checked((int)(x.Count / headDim)), headDim), sites).Reshape(x.Rows, x.Columns);
}
