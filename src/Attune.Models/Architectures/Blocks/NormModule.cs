using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Models.Architectures.Blocks;

/// <summary>A norm of rows: by layer (Ba et al. 2016), with or without weight and bias, or by root mean square (Zhang and Sennrich 2019).</summary>
public sealed class NormModule(VectorModule? weight, VectorModule? bias, float epsilon)
{
    public VectorModule? Weight => weight;

    public VectorModule? Bias => bias;

    /// <summary>By root mean square; otherwise the mean is subtracted too.</summary>
    public bool IsRms { get; init; }

    /// <summary>Added to the weight of a root-mean-square norm.</summary>
    public float Offset { get; init; }

    /// <summary>[M, C] → [M, C].</summary>
    public Tensor Apply(Graph graph, Tensor x, SiteSet? sites)
    {
        var w = weight?.Apply(graph, sites) ?? default;
        return IsRms ? graph.RmsNorm(x, w, epsilon, Offset) : graph.LayerNorm(x, w, bias?.Apply(graph, sites) ?? default, epsilon);
    }
}
