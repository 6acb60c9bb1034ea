using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A layer norm of each head alone, with a weight for each head and no bias (Cohere, StableLM 2).</summary>
/// <param name="weights">One array [heads, headDim], or one for each head.</param>
internal sealed class WeightedHeadNorm(IReadOnlyList<VectorModule> weights, int headDim, float epsilon) : IHeadNorm
{
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites)
    {
        var rows = new Tensor[weights.Count];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = weights[i].Apply(graph, sites);
        var weight = (rows.Length == 1 ? rows[0] : graph.ConcatRows(rows)).Reshape(1, x.Columns);
        var normal = graph.LayerNorm(x.Reshape(checked((int)(x.Count / headDim)), headDim), default, default, epsilon);
        return graph.MultiplyRow(normal.Reshape(x.Rows, x.Columns), weight);
    }
}
