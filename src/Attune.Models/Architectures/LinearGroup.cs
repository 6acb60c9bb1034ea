using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;
using Attune.Tensors.Weights;

namespace Attune.Models.Architectures;

/// <summary>
/// Linear maps of one input (query, key and value; gate and up), computed together in inference where nothing hangs on them: the input is
/// then rounded once and the team called once. The outputs are those of the maps one by one, bit for bit.
/// </summary>
public sealed class LinearGroup(params LinearModule[] modules) : Blocks.IMaps
{
    private readonly WeightMatrix[] weights = Array.ConvertAll(modules, m => m.Weight);

    /// <inheritdoc/>
    public void Apply(Graph graph, Tensor x, SiteSet? sites, Span<Tensor> outputs)
    {
        if (graph.Recording || HasSite(sites))
        {
            for (var i = 0; i < modules.Length; i++)
                outputs[i] = modules[i].Apply(graph, x, sites);
            return;
        }
        graph.LinearGroup(x, weights, outputs);
        for (var i = 0; i < modules.Length; i++)
            if (modules[i].Bias is { } bias)
                outputs[i] = graph.AddBias(outputs[i], bias.Apply(graph, sites));
    }

    private bool HasSite(SiteSet? sites)
    {
        foreach (var module in modules)
            if (sites?.At(module) is not null)
                return true;
        return false;
    }
}
