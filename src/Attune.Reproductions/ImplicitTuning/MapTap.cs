using Attune.Models.Architectures;
using Attune.Models.Sites;
using Attune.Tensors;
using Attune.Tensors.Autograd;

namespace Attune.Reproductions.ImplicitTuning;

/// <summary>Lets a map's output pass, of the frozen map or of what stands in its place, and shows it.</summary>
internal sealed class MapTap(Action<Tensor> see, IWeightSite? inner = null) : IWeightSite
{
    public Tensor Linear(Graph graph, Tensor x, LinearModule module, SiteSet sites)
    {
        var y = inner?.Linear(graph, x, module, sites) ?? module.Base(graph, x, sites);
        see(y);
        return y;
    }
}
