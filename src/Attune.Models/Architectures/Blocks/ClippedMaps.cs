using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Maps whose results are clipped to [−bound, bound].</summary>
internal sealed class ClippedMaps(IMaps maps, float bound) : IMaps
{
    /// <inheritdoc/>
    public void Apply(Graph graph, Tensor x, SiteSet? sites, Span<Tensor> outputs)
    {
        maps.Apply(graph, x, sites, outputs);
        foreach (ref var output in outputs)
            output = graph.Clamp(output, -bound, bound);
    }
}
