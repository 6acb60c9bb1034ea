using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>Several results of one input: query, key and value, or gate and up; stored as maps of their own or as one.</summary>
public interface IMaps
{
    /// <summary>outputs[i] = map i of <paramref name="x"/>, with whatever <paramref name="sites"/> hang on it.</summary>
    void Apply(Graph graph, Tensor x, SiteSet? sites, Span<Tensor> outputs);
}
